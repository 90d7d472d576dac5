import { Code } from '@mantine/core';

/** A sentence in which names stand between backticks, as the documents write them. */
export function Words({ text }: { text: string }) {
  return text.split('`').map((part, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence never move
    index % 2 === 0 ? part : <Code key={index}>{part}</Code>,
  );
}
