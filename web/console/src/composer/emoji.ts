/** Signs that fit an answer to a customer, with what screen readers say. */
export const EMOJI: readonly (readonly [sign: string, zh: string, en: string])[] = [
  ['😊', '微笑', 'smile'],
  ['😄', '开心', 'happy'],
  ['🙂', '友好', 'friendly'],
  ['😉', '眨眼', 'wink'],
  ['🥰', '喜爱', 'fond'],
  ['😂', '笑哭', 'tears of joy'],
  ['🤝', '握手', 'handshake'],
  ['🙏', '感谢', 'thanks'],
  ['👍', '赞', 'thumbs up'],
  ['👌', '好的', 'okay'],
  ['👏', '鼓掌', 'applause'],
  ['💪', '加油', 'go for it'],
  ['🌹', '玫瑰', 'rose'],
  ['🎉', '庆祝', 'party'],
  ['🎁', '礼物', 'gift'],
  ['❤️', '爱心', 'heart'],
  ['✨', '闪亮', 'sparkles'],
  ['☀️', '晴天', 'sun'],
  ['😥', '抱歉', 'sorry'],
  ['😔', '难过', 'sad'],
  ['😅', '尴尬', 'embarrassed'],
  ['🤔', '思考', 'thinking'],
  ['😮', '惊讶', 'surprised'],
  ['🤗', '拥抱', 'hug'],
  ['✅', '完成', 'done'],
  ['⏳', '请稍候', 'please wait'],
  ['📦', '包裹', 'parcel'],
  ['🚚', '配送', 'delivery'],
  ['💰', '退款', 'money'],
  ['🧾', '发票', 'receipt'],
  ['📞', '电话', 'telephone'],
  ['📷', '照片', 'photo'],
];

export const EMOJI_COLUMNS = 8;

/** Where an arrow key leads in the grid. */
export function emojiStep(at: number, key: string): number {
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -EMOJI_COLUMNS,
    ArrowDown: EMOJI_COLUMNS,
  };
  const to = at + (steps[key] ?? 0);
  return to >= 0 && to < EMOJI.length ? to : at;
}
