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

/** Browsers keep a page silent until somebody has used it once. */
export const soundReady = ref(!('AudioContext' in window));

/** Wakes the sound with the first click or key on the page; call once. */
export function unlockSound(): void {
  if (soundReady.value) return;
  const gestures = ['pointerdown', 'keydown'] as const;
  const unlock = async (): Promise<void> => {
    context ??= new AudioContext();
    await context.resume();
    if (context.state !== 'running') return;
    soundReady.value = true;
    for (const each of gestures) removeEventListener(each, listener, true);
  };
  const listener = (): void => void unlock();
  for (const each of gestures) addEventListener(each, listener, true);
}

/** Plays a melody unless sound is off; of several open pages one plays the same `id`. */
export function play(melody: Melody, id: string): void {
  if (!soundOn.value || context?.state !== 'running') return;
  if (remembered(LAST, [id], '') === id) return;
  remember(LAST, id);
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
