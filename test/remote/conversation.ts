import { openSession, type SessionSettings } from "../../server/src/remote/open-session.ts";
import type { Question } from "../../server/src/remote/question.ts";
import { status } from "../../server/src/remote/status.ts";
import type { TestHost } from "./test-host.ts";

/** Answers in order; what it was asked. */
export function answering(...answers: (string | null)[]) {
  const asked: Question[] = [];
  const ask = async (question: Question) => {
    asked.push(question);
    return answers.shift() ?? null;
  };
  return { asked, ask };
}

/** The status of a test host for one of its accounts, in a session of its own, with the log. */
export async function statusOf(host: TestHost, user: string, settings: SessionSettings = {}) {
  const lines: string[] = [];
  const session = openSession(`${user}@127.0.0.1`, {
    configFile: host.configFile,
    log: (line) => lines.push(line),
    ...settings,
  });
  try {
    return { ...(await session.call(status)), log: lines.join("\n") };
  } finally {
    await session.close();
  }
}
