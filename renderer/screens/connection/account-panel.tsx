import { Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { CommandOutput } from '../../../shared/contract.ts';
import type { Result } from '../../../shared/result.ts';
import { Fact } from '../../components/fact.tsx';
import { Moment } from '../../components/moment.tsx';
import { Panel } from '../../components/panel.tsx';
import { useMirror, useSlice } from '../../store/link.ts';
import { accountFigures } from './account-figures.ts';

type Answer = Result<CommandOutput<'account.summary'>>;
const askAgainMs = 60_000;

/** The account's figures while the session stands; nothing where they are not to be asked for. */
export function AccountPanel() {
  const { phase } = useSlice('connection');
  const told = useAccountSummary(phase === 'connected');
  if (told === null) return null;
  const { answer, at } = told;
  if (!answer.ok) {
    if (answer.error.code === 'SWITCHED_OFF') return null;
    return (
      <Panel title="Account">
        <Text size="sm">
          The figures of the account did not come: {answer.error.message} {answer.error.advice}
        </Text>
      </Panel>
    );
  }
  return accountFigures(answer.value.values).map(({ account, figures }) => (
    <Panel
      key={account}
      title={`Account ${account}`}
      aside={
        <Text size="xs" c="dimmed">
          as of <Moment at={at} />
        </Text>
      }
    >
      <Stack gap={2}>
        {figures.map(({ name, text }) => (
          <Fact key={name} name={name}>
            <span className="numbers">{text}</span>
          </Fact>
        ))}
      </Stack>
    </Panel>
  ));
}

function useAccountSummary(connected: boolean) {
  const transport = useMirror((mirror) => mirror.transport);
  const [told, setTold] = useState<{ readonly answer: Answer; readonly at: number } | null>(null);
  useEffect(() => {
    if (!connected || !transport) return;
    let gone = false;
    const ask = async () => {
      const answer = await transport.call('account.summary', {});
      if (!gone) setTold({ answer, at: Date.now() + useMirror.getState().clockOffset });
    };
    void ask();
    const timer = setInterval(ask, askAgainMs);
    return () => {
      gone = true;
      clearInterval(timer);
      setTold(null);
    };
  }, [connected, transport]);
  return told;
}
