import type { UseChatKitReturn } from "@openai/chatkit-react";

/** What happened, for whoever looks at the page. */
export type Happening = { name: string; detail: unknown };

export const events: Happening[] = [];
export const secrets: (string | null)[] = [];
export const toolCalls: unknown[] = [];
export const actions: unknown[] = [];

declare global {
  interface Window {
    events: Happening[];
    secrets: (string | null)[];
    toolCalls: unknown[];
    actions: unknown[];
    chatkit: Omit<UseChatKitReturn, "control" | "ref">;
  }
}

Object.assign(window, { events, secrets, toolCalls, actions });

/** A handler that keeps what it is called with. */
export function recorder(name: string): (detail?: unknown) => void {
  return (detail) => {
    events.push({ name, detail: plain(detail) });
  };
}

/** As JSON has it; errors by their name and message. */
function plain(detail: unknown): unknown {
  const text = JSON.stringify(detail, (_, value) =>
    value instanceof Error ? { name: value.name, message: value.message } : value,
  );
  return text === undefined ? null : JSON.parse(text);
}
