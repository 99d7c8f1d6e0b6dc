// What this browser remembers. Private windows may refuse; then it is forgotten, and that is all.
export function recall(name) {
  try {
    return localStorage.getItem(`dialhook-${name}`);
  } catch {
    return null;
  }
}

export function keep(name, value) {
  try {
    if (value === null) localStorage.removeItem(`dialhook-${name}`);
    else localStorage.setItem(`dialhook-${name}`, value);
  } catch {
    // Nothing to do: the page works without.
  }
}
