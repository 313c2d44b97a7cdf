/** References of connections that are taken already: chance makes one in millions of sign-ins, this makes the next ones. */
import { sql } from 'kysely'
import type { Storage } from '../../src/storage/storage.ts'

/** The next `many` connections are written with the reference of one that is there. Returns how to let chance be. */
export async function takeReferences(
  { storage }: { storage: Pick<Storage, 'db'> },
  many: number,
): Promise<() => Promise<void>> {
  const say = (statement: string) => sql.raw(statement).execute(storage.db)
  // A sequence counts what is rolled back as well.
  await say('create sequence references_made')
  await say(`create function take_reference() returns trigger language plpgsql as $$ begin
    if nextval('references_made') <= ${many} then new.reference := (select min(reference) from connections); end if;
    return new; end $$`)
  await say('create trigger take_reference before insert on connections for each row execute function take_reference()')
  return async () => {
    await say('drop trigger take_reference on connections')
    await say('drop function take_reference')
    await say('drop sequence references_made')
  }
}
