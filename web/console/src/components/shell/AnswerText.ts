import { h, type FunctionalComponent, type VNodeChild } from 'vue';
import { blocksOf, type Inline } from '../../../../shared/markup';
import { i18n } from '../../i18n';

/** An answer of the knowledge base as customers see it (shared/markup.ts); styles in base.css. */
const AnswerText: FunctionalComponent<{ text: string }> = ({ text }) => {
  function nodeOf(inline: Inline): VNodeChild {
    switch (inline.kind) {
      case 'text':
        return inline.text;
      case 'bold':
        return h('strong', inline.inside.map(nodeOf));
      case 'link': {
        const { href } = inline;
        const attributes = { href, title: href, target: '_blank', rel: 'noopener noreferrer' };
        return h('a', attributes, inline.inside.map(nodeOf));
      }
      case 'picture': {
        const src = `/api/v1/attachments/${inline.id}`;
        const alt = inline.shows || i18n.global.t('answer.picture');
        const image = h('img', { src, alt, loading: 'lazy' });
        return h('a', { class: 'picture', href: src, target: '_blank', rel: 'noopener' }, [image]);
      }
    }
  }

  const blocks = blocksOf(text).map((block) =>
    block.kind === 'text'
      ? h('div', block.inside.map(nodeOf))
      : h(
          'ul',
          block.items.map((item) => h('li', item.map(nodeOf))),
        ),
  );
  return h('div', { class: 'answer-text said', dir: 'auto' }, blocks);
};
AnswerText.props = { text: { type: String, required: true } };
export default AnswerText;
