// One short sound when a queue turns red. Off until somebody switches it on: browsers ask for a click anyway.
import { icon } from './icon.js';
import { keep, recall } from './kept.js';

let context = null;

function play() {
  context ??= new AudioContext();
  const from = context.currentTime + 0.02;
  for (const [at, pitch] of [
    [0, 740],
    [0.18, 587],
  ]) {
    const tone = context.createOscillator();
    const gain = context.createGain();
    tone.frequency.value = pitch;
    gain.gain.setValueAtTime(0, from + at);
    gain.gain.linearRampToValueAtTime(0.22, from + at + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.001, from + at + 0.3);
    tone.connect(gain).connect(context.destination);
    tone.start(from + at);
    tone.stop(from + at + 0.32);
  }
}

export function startSound(button) {
  let on = recall('sound') === 'on';
  const show = () => {
    button.setAttribute('aria-pressed', String(on));
    button.title = on ? 'Sound is on: once when a queue turns red' : 'Sound is off';
    button.querySelector('svg')?.replaceWith(icon(on ? 'sound' : 'mute'));
  };
  const toggle = () => {
    on = !on;
    keep('sound', on ? 'on' : null);
    show();
    if (on) play();
  };
  button.addEventListener('click', toggle);
  show();
  return { toggle, alarm: () => on && play() };
}
