import { Table } from '@mantine/core';
import classes from './stacking-table.module.css';

interface Props {
  /** The headings; one written `>Rows` stands to the right, over numbers. None for no heading. */
  readonly columns?: readonly string[];
  /** How many cells stand side by side where a row is a card. */
  readonly abreast?: 1 | 2;
  readonly maxHeight?: number;
  readonly children: React.ReactNode;
}

/**
 * A table whose rows become small cards where it has not the room to be one, so that nothing of it
 * lies off the screen. A cell's `data-label` is its heading there.
 */
export function StackingTable({ columns, abreast = 2, maxHeight, children }: Props) {
  return (
    <div
      className={classes.frame}
      style={{ maxHeight, '--abreast': abreast } as React.CSSProperties}
    >
      <Table className={classes.table} stickyHeader highlightOnHover verticalSpacing="xs">
        {columns && (
          <Table.Thead>
            <Table.Tr>
              {columns.map((name) => (
                <Table.Th key={name} ta={name.startsWith('>') ? 'right' : undefined}>
                  {name.replace('>', '')}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
        )}
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </div>
  );
}
