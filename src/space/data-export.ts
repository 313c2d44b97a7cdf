/**
 * All that the hub holds of a person, as one JSON file for themselves or for another service (General Data Protection
 * Regulation articles 15 and 20). Its shape is told in `docs/space.md`. It is written while it is read: of what can be
 * long, a page at a time. Addresses of the network are not in it: the hub opens them one by one, for a case.
 */

import { type Instant, toDate } from '../kernel/clock.ts'
import type { ConnectionId } from '../kernel/ids.ts'
import type { SpacePages, SpaceVisit } from './visit.ts'

const page = 500

const written = (at: Instant | undefined) => (at === undefined ? null : toDate(at).toISOString())

export async function* dataExport(pages: SpacePages, visit: SpaceVisit): AsyncGenerator<string> {
  const head = JSON.stringify(await single(pages, visit), null, 2)
  yield head.slice(0, head.lastIndexOf('\n}'))
  yield* list('connections', connectionsOf(pages, visit))
  yield* list('messages', messagesOf(pages, visit))
  yield* list('facts', factsOf(pages, visit))
  yield '\n}\n'
}

async function* list(name: string, batches: AsyncIterable<readonly object[]>): AsyncGenerator<string> {
  yield `,\n  ${JSON.stringify(name)}: [`
  let separator = '\n    '
  for await (const batch of batches) {
    if (batch.length === 0) continue
    yield separator + batch.map((one) => JSON.stringify(one)).join(',\n    ')
    separator = ',\n    '
  }
  yield '\n  ]'
}

/** What is short. */
async function single(pages: SpacePages, visit: SpaceVisit): Promise<object> {
  const { people, means, sessions, deviceNames, cases, eid, trips, mandates, firms, signatures } = pages
  const { storage, clock, issuer } = pages
  const { who, accounts, protection } = visit
  const { person } = who
  const [identity, contacts, enrolments, subjects, live, names, reports, phones, stays, acting, signed, seats] =
    await Promise.all([
      people.identityOf(storage.db, person),
      people.contactsOf(person),
      means.enrolments.of(storage.db, person),
      people.subjectsOf(person),
      sessions.ofPerson(person),
      deviceNames.of(person),
      cases.ofPerson(person),
      eid.phones.of(storage.db, person),
      trips.of(person),
      mandates.ofPersonWhole(person),
      signatures.ofPerson(storage.db, person),
      firms.of(person),
    ])
  const approvals = await Promise.all(phones.map(({ phone }) => eid.phones.approvalsOf(storage.db, person, phone)))
  const { freeze, blocked, future } = protection
  return {
    format: 'garant-person-1',
    hub: issuer,
    exportedAt: written(clock.now()),
    exportedBy: { provider: who.provider, level: who.level },
    person,
    identity: identity ?? null,
    accounts: accounts.map(({ link, provider, subject, level, serves, at }) => ({
      ...{ id: link, provider, name: pages.providerName(visit, provider), subject, level, serves },
      since: written(at),
    })),
    subjects: subjects.map(({ since, ...one }) => ({ ...one, since: written(since) })),
    contacts: contacts.map(({ contact, address, verified, confirmed, level }) => ({
      ...{ id: contact, address, verified, confirmed, level },
    })),
    means: visit.means.map((one) => ({
      ...{ id: one.means, kind: one.kind, state: one.state, label: one.label, hint: one.hint ?? null },
      ...{ createdAt: written(one.createdAt), lastUsedAt: written(one.lastUsedAt), expiresAt: written(one.expiresAt) },
    })),
    // Digests of the card and of the installation say nothing to anybody but this hub.
    phones: phones.map(({ phone, person: _, card: __, installation: ___, ...one }, index) => ({
      id: phone,
      ...one,
      ...{ pairedAt: written(one.pairedAt), renewedAt: written(one.renewedAt), lastUsedAt: written(one.lastUsedAt) },
      ...{ expiresAt: written(one.expiresAt), endedAt: written(one.endedAt) },
      approvals: (approvals[index] ?? []).map(({ at, ...approval }) => ({ at: written(at), ...approval })),
    })),
    proofsOfIdentity: enrolments.map(({ enrolment, proof, level, at }) => ({
      id: enrolment,
      proof,
      level,
      at: written(at),
    })),
    sessions: live.map(({ id, provider, level, startedAt, lastSeenAt, device, services }) => ({
      ...{
        id,
        provider,
        level,
        startedAt: written(startedAt),
        lastSeenAt: written(lastSeenAt),
        device: device ?? null,
      },
      services: services.map(({ service, scopes }) => ({ service, scopes })),
    })),
    deviceNames: [...names].map(([device, name]) => ({ device, name })),
    protection: {
      frozen: freeze ? { since: written(freeze.at), by: freeze.origin, suspected: freeze.suspected } : null,
      blocked: blocked.map(({ provider, at }) => ({ provider, since: written(at) })),
      futureBlocked: future ? { since: written(future.at), allowed: future.allowed } : null,
    },
    trips: stays.map(({ trip, countries, from, until, state, declaredAt, withdrawnAt }) => ({
      ...{ id: trip, countries, from, until, state },
      ...{ declaredAt: written(declaredAt), withdrawnAt: written(withdrawnAt) },
    })),
    mandates: acting.mandates.map(
      ({ mandate, principal, mandatary, state, from, until, rights, delegable, ended }) => ({
        ...{
          id: mandate,
          principal,
          mandatary: mandatary.kind === 'person' && mandatary.person !== person ? null : mandatary,
        },
        ...{ state, from: written(from), until: written(until), delegable },
        rights: rights.map((right) => ({ ...right, until: written(right.until) })),
        ended: ended ? { reason: ended.reason, at: written(ended.at) } : null,
      }),
    ),
    signatures: signed.map(({ signature, about, way, level, at, text }) => ({
      ...{ id: signature, about, way, level, at: written(at) },
      text,
    })),
    firms: seats.map(({ membership, firm, role, state }) => ({ id: membership, firm, role, state })),
    mandateUses: acting.uses.map(
      ({ use, at, organisation, mandate, as, service, actions, kind, connection, refused }) => ({
        ...{ id: use, at: written(at), organisation, mandate: mandate ?? null, as, service, actions, kind },
        ...{ connection: connection ?? null, refused: refused ?? null },
      }),
    ),
    reports: reports.map(({ reference, connections, state, openedAt, closed }) => ({
      ...{ reference, connections, state, openedAt: written(openedAt), closedAt: written(closed?.at) },
    })),
  }
}

async function* connectionsOf({ connections }: SpacePages, { who: { person } }: SpaceVisit) {
  let before: ConnectionId | undefined
  for (let length = page; length === page; ) {
    const lines = await connections.ofPerson(person, { limit: page, ...(before ? { before } : {}) })
    length = lines.length
    before = lines.at(-1)?.id
    yield lines.map(({ at, completedAt, answeredAt, person: _, ...line }) => ({
      ...line,
      ...{ at: written(at), completedAt: written(completedAt), answeredAt: written(answeredAt) },
    }))
  }
}

async function* messagesOf({ messageCopies }: SpacePages, { who: { person } }: SpaceVisit) {
  let before: string | undefined
  do {
    const found = await messageCopies.page({ person }, { limit: page, ...(before ? { before } : {}) })
    before = found.next
    yield found.messages.map(({ at, copies, ...message }) => ({
      ...message,
      at: written(at),
      copies: copies.map((copy) => ({ ...copy, at: written(copy.at) })),
    }))
  } while (before)
}

async function* factsOf({ audit }: SpacePages, { who: { person } }: SpaceVisit) {
  const subject = { field: 'person', id: person } as const
  let before: bigint | undefined
  do {
    const found = await audit.explore({ subject, limit: page, ...(before === undefined ? {} : { before }) })
    before = found.older
    yield found.facts.map(({ sequence, at, name, data }) => ({
      sequence: String(sequence),
      at: written(at),
      name,
      data,
    }))
  } while (before !== undefined)
}
