import { expect, test } from 'vitest';
import { blocksOf, plain } from '../../shared/markup';

const ID = '01930000-0000-7000-8000-000000000001';
const shows = (text: string): string => (text ? `（图：${text}）` : '（图片）');

test('an answer is read piece by piece', () => {
  const answer = `请看**这里**：\n- [说明](https://shop.test/help)\n- 二\n![尺码表](attachment:${ID})`;
  expect(blocksOf(answer)).toEqual([
    {
      kind: 'text',
      inside: [
        { kind: 'text', text: '请看' },
        { kind: 'bold', inside: [{ kind: 'text', text: '这里' }] },
        { kind: 'text', text: '：' },
      ],
    },
    {
      kind: 'list',
      items: [
        [
          {
            kind: 'link',
            inside: [{ kind: 'text', text: '说明' }],
            href: 'https://shop.test/help',
          },
        ],
        [{ kind: 'text', text: '二' }],
      ],
    },
    { kind: 'text', inside: [{ kind: 'picture', shows: '尺码表', id: ID }] },
  ]);
});

test.each([
  ['[点我](javascript:alert(1))', '[点我](javascript:alert(1))'],
  ['[点我](data:text/html,x)', '[点我](data:text/html,x)'],
  ['[点我](http://shop.test/)', '点我（http://shop.test/）'],
  ['[打电话](tel:4001234567)', '打电话（4001234567）'],
  ['[点我](https://:x)', '点我（https://:x）'],
])('%s is no link', (answer, said) => {
  const [block] = blocksOf(answer);
  expect(JSON.stringify(block)).not.toContain('"link"');
  expect(plain(answer, shows)).toBe(said);
});

test('markup of pages stays text', () => {
  const answer = '<img src=x onerror=alert(1)> <b>粗</b> 3 * 4 ** 5';
  expect(blocksOf(answer)).toEqual([{ kind: 'text', inside: [{ kind: 'text', text: answer }] }]);
});

test('pictures that are not of the knowledge base stay text', () => {
  const answer = '![x](https://elsewhere.test/a.png) ![x](attachment:../secret)';
  expect(JSON.stringify(blocksOf(answer))).not.toContain('picture');
});

// the same as api/knowledge/markup.py
test.each([
  ['![**图**](https://elsewhere.test/a.png)', '![图](https://elsewhere.test/a.png)'],
  ['** 不是 ** **是** **也 是**', '** 不是 ** 是 也 是'],
  ['**a*b**', '**a*b**'],
  ['**加粗**和[网址](https://a.test/x)', '加粗和网址（https://a.test/x）'],
  ['[https://a.test](https://a.test)', 'https://a.test'],
  ['- 一\n* 二\n3. 三', '· 一\n· 二\n3. 三'],
  [`![尺码表](attachment:${ID})![](attachment:${ID})`, '（图：尺码表）（图片）'],
  ['第一行\n\n第二行', '第一行\n\n第二行'],
])('%s as plain text', (answer, said) => expect(plain(answer, shows)).toBe(said));

test('what customers load does without look-behind, which Safari before 16.4 cannot read', () => {
  const sources = import.meta.glob<string>(['../../shared/**/*.ts', '../../widget/src/**/*.ts'], {
    query: '?raw',
    import: 'default',
    eager: true,
  });
  expect(Object.keys(sources)).toContain('../../shared/markup.ts');
  const using = Object.entries(sources).filter(([, source]) => /\(\?<[!=]/.test(source));
  expect(using.map(([path]) => path)).toEqual([]);
});
