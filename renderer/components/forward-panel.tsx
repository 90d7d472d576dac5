import { Code, Stack } from '@mantine/core';
import { bytes } from '../../shared/format.ts';
import type { ForwardView } from '../../shared/state.ts';
import { Fact } from './fact.tsx';
import { Panel } from './panel.tsx';

/** What flows through the forwarded port. */
export function ForwardPanel({ forward }: { forward: ForwardView }) {
  return (
    <Panel title="Forwarded port" aside={<Code>{`${forward.host}:${forward.port}`}</Code>}>
      <Stack gap={2}>
        <Fact name="Leads to">
          {forward.target.host}:{forward.target.port}
        </Fact>
        <Fact name="Admits">
          {forward.policy === 'open' ? 'everybody' : 'only while the session is reserved'}
        </Fact>
        <Fact name="Connections">{forward.connections}</Fact>
        <Fact name="Turned away">{forward.refused}</Fact>
        <Fact name="Cut">{forward.cut}</Fact>
        <Fact name="To the gateway">{bytes(forward.bytesToGateway)}</Fact>
        <Fact name="From the gateway">{bytes(forward.bytesFromGateway)}</Fact>
      </Stack>
    </Panel>
  );
}
