/** A function that computes its result at the first call and keeps it: facts are worked out only when asked for. */
export function memo<T>(compute: () => T): () => T {
  let done: { readonly value: T } | undefined;
  return () => {
    done ??= { value: compute() };
    return done.value;
  };
}
