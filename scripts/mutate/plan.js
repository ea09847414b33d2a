/** What is run for each mutant: the blocks of the specs that reach it, the quickest first. */

/** Runs every spec without a mutant, and fails when one of its tests does or cannot be run twice. */
export async function survey(workers, specs) {
  const waiting = [...specs];
  const found = [];
  await Promise.all(
    workers.map(async (worker) => {
      for (let spec = waiting.shift(); spec !== undefined; spec = waiting.shift())
        found.push({ spec, ...(await surveySpec(worker, spec)) });
    }),
  );
  return found;
}

const surveyTimeMs = 240_000;

async function surveySpec(worker, spec) {
  const answer = await worker.ask({ kind: 'survey', spec }, surveyTimeMs);
  if (answer?.kind !== 'surveyed') throw new Error(`${spec}: ${answer?.text ?? 'no answer'}`);
  const failed = answer.blocks.find(({ failure }) => failure !== undefined);
  if (failed) throw new Error(`${spec} fails without a mutant: ${failed.title}\n${failed.failure}`);
  return answer;
}

/**
 * The runs by mutant. A mutant that is reached while modules load is tried in a process of its own, with every spec that
 * loads its file: what was read then is in the constants of other modules.
 */
export function planRuns(mutants, surveys, filesOf) {
  const loading = new Set(surveys.flatMap((one) => one.loading));
  const blocks = surveys.flatMap((one) => one.blocks).sort((left, right) => left.ms - right.ms);
  const plans = new Map();
  for (const { id, file } of mutants) {
    const isLoadedWithIt = loading.has(id);
    const chosen = blocks.filter(({ spec, reached }) =>
      isLoadedWithIt ? filesOf(spec).has(file) : reached.includes(id),
    );
    plans.set(id, {
      isLoadedWithIt,
      blocks: chosen.map((block) => toRun(block, id, isLoadedWithIt)),
      ms: chosen.reduce((sum, { ms }) => sum + ms, 0),
    });
  }
  return plans;
}

function toRun({ spec, index, asks, ms, hooks, tests, isWhole }, id, isLoadedWithIt) {
  const only = tests.filter(({ reached }) => reached.includes(id)).map(({ path }) => path);
  const isInParts = !isWhole && !isLoadedWithIt && !hooks.includes(id);
  return { spec, index, asks, ms, only: isInParts ? only : undefined };
}
