import { readConfiguration } from './src/config/read-configuration.js';
import { createDataSource, dataSourceOptions } from './src/persistence/data-source.js';

/** The server's own data source, for TypeORM's command line. */
export default createDataSource(dataSourceOptions(readConfiguration().database));
