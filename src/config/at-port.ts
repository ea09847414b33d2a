import { Configuration } from './configuration.js';

/** Where the server is when nobody has said under which URL it is reached. */
export function localUrl(port: number): string {
  return `http://localhost:${port}`;
}

/** The configuration for the port that was really taken: with `PORT=0` the URLs that we hand out name that one. */
export function atPort(configuration: Configuration, port: number): Configuration {
  const isLocal = configuration.publicUrl === localUrl(configuration.port);
  return new Configuration({
    ...configuration,
    port,
    publicUrl: isLocal ? localUrl(port) : configuration.publicUrl,
  });
}
