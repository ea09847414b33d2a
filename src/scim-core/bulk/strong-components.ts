interface Visit {
  readonly node: number;
  /** How many of its edges have been followed. */
  followed: number;
}

/**
 * Parts a graph into its strongly connected components (Tarjan 1972): nodes that reach each other stand together, every
 * other one stands alone. A component comes after all that it points at; beyond that, the order is that of the nodes.
 * Without recursion: a chain of a thousand must not exhaust the stack.
 * @param edges the nodes that each node points at
 */
export function strongComponents(edges: readonly (readonly number[])[]): readonly number[][] {
  const components: number[][] = [];
  const numbers: (number | undefined)[] = edges.map(() => undefined);
  const lowest: number[] = edges.map(() => 0);
  const isOpen: boolean[] = edges.map(() => false);
  const open: number[] = [];
  const path: Visit[] = [];
  let visited = 0;

  const enter = (node: number): void => {
    numbers[node] = visited;
    lowest[node] = visited;
    visited += 1;
    isOpen[node] = true;
    open.push(node);
    path.push({ node, followed: 0 });
  };
  const lower = (node: number, number: number): void => {
    lowest[node] = Math.min(lowest[node] ?? number, number);
  };
  const close = (root: number): void => {
    const component = open.splice(open.lastIndexOf(root));
    for (const node of component) isOpen[node] = false;
    components.push(component.sort((a, b) => a - b));
  };

  for (const start of edges.keys()) {
    if (numbers[start] !== undefined) continue;
    enter(start);
    for (let visit = path.at(-1); visit; visit = path.at(-1)) {
      const { node } = visit;
      const next = edges[node]?.[visit.followed];
      visit.followed += 1;
      if (next === undefined) {
        path.pop();
        const parent = path.at(-1);
        if (parent) lower(parent.node, lowest[node] ?? 0);
        if (lowest[node] === numbers[node]) close(node);
        continue;
      }
      const number = numbers[next];
      if (number === undefined) enter(next);
      else if (isOpen[next]) lower(node, number);
    }
  }
  return components;
}
