/**
 * The first circle in a graph of dependencies, in order, or undefined. Linear in nodes and edges, and without
 * recursion, since a chain can be as long as the graph.
 */
export function findCycle(dependencies: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const finished = new Set<string>();
  const onPath = new Set<string>();
  for (const start of dependencies.keys()) {
    if (finished.has(start)) continue;
    const stack = [{ id: start, next: 0 }];
    onPath.add(start);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const dependency = dependencies.get(top.id)?.[top.next++];
      if (dependency === undefined) {
        stack.pop();
        onPath.delete(top.id);
        finished.add(top.id);
      } else if (onPath.has(dependency)) {
        const path = [...onPath];
        return path.slice(path.indexOf(dependency));
      } else if (!finished.has(dependency)) {
        stack.push({ id: dependency, next: 0 });
        onPath.add(dependency);
      }
    }
  }
  return undefined;
}
