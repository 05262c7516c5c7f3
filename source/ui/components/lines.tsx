import { Text } from 'ink';

export type Props = {
  /** Each already cut to the width and coloured; exactly one row each. */
  lines: readonly string[];
};

/** Ready rows. One `<Text>` per row and no boxes in it is what keeps a frame under three milliseconds. */
export function Lines({ lines }: Props) {
  return lines.map((line, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place on the screen
    <Text key={index} wrap="truncate">
      {line === '' ? ' ' : line}
    </Text>
  ));
}
