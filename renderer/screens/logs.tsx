import { Group, ScrollArea, Select, Switch, Text, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { CommandOutput } from '../../shared/contract.ts';
import { fieldsText } from '../../shared/log-line.ts';
import { Moment, ZoneNote } from '../components/moment.tsx';
import { Panel } from '../components/panel.tsx';
import { useMirror } from '../store/link.ts';
import classes from './logs.module.css';

type Line = CommandOutput<'logs.read'>['lines'][number];
const levels = ['debug', 'info', 'warn', 'error'] as const;
const pollMs = 1_000;
const keep = 2_000;

/** The newest lines of the log, followed while one watches. */
export function Logs() {
  const lines = useLogLines();
  const [level, setLevel] = useState<string>('info');
  const [search, setSearch] = useState('');
  const [following, setFollowing] = useState(true);
  const viewport = useRef<HTMLDivElement>(null);
  const place = useRef(0);
  const least = levels.indexOf(level as (typeof levels)[number]);
  const shown = lines.filter(
    (line) =>
      levels.indexOf(line.level as (typeof levels)[number]) >= least &&
      matches(line, search.trim().toLowerCase()),
  );
  const newest = shown.at(-1)?.seq;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new line is what makes it scroll.
  useEffect(() => {
    if (following) viewport.current?.scrollTo({ top: viewport.current.scrollHeight });
  }, [following, newest]);
  // Who scrolls up wants to read; who comes back to the end wants what is new.
  const scrolled = ({ y }: { y: number }) => {
    const box = viewport.current;
    if (!box) return;
    const atEnd = box.scrollHeight - box.clientHeight - y < 24;
    if (atEnd) setFollowing(true);
    else if (y < place.current) setFollowing(false);
    place.current = y;
  };
  return (
    <Panel
      title="Log"
      aside={
        <Group gap="xs">
          <ZoneNote />
          <Switch
            size="xs"
            label="Follow"
            checked={following}
            onChange={(event) => setFollowing(event.currentTarget.checked)}
          />
          <Select
            size="xs"
            w={96}
            aria-label="Least level"
            data={[...levels]}
            value={level}
            allowDeselect={false}
            onChange={(value) => setLevel(value ?? 'info')}
          />
          <TextInput
            size="xs"
            placeholder="Search"
            aria-label="Search the log"
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
        </Group>
      }
    >
      <ScrollArea
        h="calc(100vh - 190px)"
        type="auto"
        viewportRef={viewport}
        onScrollPositionChange={scrolled}
      >
        <div className={classes.lines} role="log">
          {shown.map((line) => (
            <LogLine key={line.seq} line={line} />
          ))}
        </div>
        {shown.length === 0 && (
          <Text size="sm" c="dimmed">
            Nothing to show at this level.
          </Text>
        )}
      </ScrollArea>
    </Panel>
  );
}

function LogLine({ line }: { line: Line }) {
  return (
    <div className={classes.line} data-level={line.level}>
      <span>
        <Moment at={line.at} as="clock" />
      </span>
      <span>{line.level}</span>
      <span>{line.service}</span>
      <span>
        {line.text} <span className={classes.fields}>{fieldsText(line.fields)}</span>
      </span>
    </div>
  );
}

function matches(line: Line, search: string): boolean {
  if (search === '') return true;
  return `${line.service} ${line.text} ${JSON.stringify(line.fields)}`
    .toLowerCase()
    .includes(search);
}

function useLogLines(): readonly Line[] {
  const transport = useMirror((mirror) => mirror.transport);
  const [lines, setLines] = useState<readonly Line[]>([]);
  useEffect(() => {
    let since = 0;
    let stopped = false;
    const poll = async () => {
      const result = await transport?.call('logs.read', { since, limit: keep });
      if (stopped || !result?.ok || result.value.lines.length === 0) return;
      since = result.value.lines.at(-1)?.seq ?? since;
      setLines((known) => [...known, ...result.value.lines].slice(-keep));
    };
    void poll();
    const timer = setInterval(poll, pollMs);
    return () => {
      stopped = true;
      clearInterval(timer);
    };
  }, [transport]);
  return lines;
}
