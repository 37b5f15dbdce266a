import { plain } from '../../../shared/markup';
import { i18n } from '../i18n';

/** An answer where no markup is shown: in lists, quotes, and what a person sends. */
export function answerText(answer: string): string {
  return plain(answer, (shows) =>
    shows ? i18n.global.t('answer.pictureOf', { shows }) : `（${i18n.global.t('answer.picture')}）`,
  );
}
