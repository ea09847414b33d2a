import {
  IdColumn,
  InstantColumn,
  JsonColumn,
  KeyColumn,
  TextColumn,
} from '../persistence/columns.js';
import { Table } from '../persistence/table.js';
import type { KeyState, PublicJwk, SigningAlgorithm } from './signing-key.js';

@Table('keys')
export class KeyRow {
  @IdColumn({ name: 'id', primary: true })
  id!: string;

  @KeyColumn({ name: 'kid' })
  kid!: string;

  @TextColumn({ name: 'name' })
  name!: string;

  @KeyColumn({ name: 'algorithm' })
  algorithm!: SigningAlgorithm;

  @TextColumn({ name: 'cipher', nullable: true })
  cipher!: string | null;

  @JsonColumn({ name: 'public_jwk' })
  publicJwk!: PublicJwk;

  @KeyColumn({ name: 'state' })
  state!: KeyState;

  @InstantColumn({ name: 'not_before' })
  notBefore!: number;

  @InstantColumn({ name: 'retire_after', nullable: true })
  retireAfter!: number | null;

  @InstantColumn({ name: 'created' })
  created!: number;
}
