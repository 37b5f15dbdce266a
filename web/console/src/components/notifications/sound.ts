import { ref } from 'vue';
import { remember, remembered } from '../../ui/remember';

const KEY = 'fenzhen:console:sound';
const LAST = 'fenzhen:console:sounded';

/** Two short notes, in Hz: rising for work that came in, falling for what went wrong. */
const MELODIES = { work: [660, 880], alarm: [740, 494] } as const;
export type Melody = keyof typeof MELODIES;

const NOTE_SECONDS = 0.16;
const LOUDNESS = 0.12;

export const soundOn = ref(remembered(KEY, ['on', 'off'], 'on') === 'on');

export function setSound(on: boolean): void {
  soundOn.value = on;
  remember(KEY, on ? 'on' : 'off');
}

let context: AudioContext | undefined;

/** Plays a melody unless sound is off; of several open pages one plays the same `id`. */
export function play(melody: Melody, id: string): void {
  if (!soundOn.value || !('AudioContext' in window)) return;
  // browsers keep silent until the page was used once
  if (!navigator.userActivation.hasBeenActive) return;
  if (remembered(LAST, [id], '') === id) return;
  remember(LAST, id);
  context ??= new AudioContext();
  if (context.state === 'suspended') void context.resume();
  MELODIES[melody].forEach((pitch, place) => note(context!, pitch, place * NOTE_SECONDS));
}

function note(audio: AudioContext, pitch: number, after: number): void {
  const start = audio.currentTime + after;
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(LOUDNESS, start + 0.015);
  volume.gain.exponentialRampToValueAtTime(0.001, start + NOTE_SECONDS);
  tone.connect(volume).connect(audio.destination);
  tone.start(start);
  tone.stop(start + NOTE_SECONDS);
}
