/** An icon of the sprite as an element. */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  svg.setAttribute('class', 'i');
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `${document.documentElement.dataset.assets}/icons.svg#${name}`);
  svg.append(use);
  return svg;
}
