/**
 * Answers what holds for a path because of the directory that it is in. Rows in their order mostly share that with the one
 * before, for which it was found out already.
 */
export function byDirectory<Answer>(answerOf: (directory: string) => Answer): (path: string) => Answer {
  let last: { readonly directory: string; readonly answer: Answer } | undefined;
  return (path) => {
    const directory = path.slice(0, Math.max(0, path.lastIndexOf("/")));
    if (last?.directory !== directory) last = { directory, answer: answerOf(directory) };
    return last.answer;
  };
}
