/** TypeORM's decorator under a name of its own: `Entity` always means the product's entity. */
export { Entity as Table } from 'typeorm';
