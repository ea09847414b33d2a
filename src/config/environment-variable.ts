/** A variable of the environment by name, for a Kickstart file that asks for it; undefined when it is not set. */
export function findEnvironmentVariable(name: string): string | undefined {
  return process.env[name];
}
