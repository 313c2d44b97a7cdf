/**
 * The one person of a service's trial, whom nobody is: the same claims that the hub releases of somebody real, in values
 * that no register has. Names say so to whoever meets them in a site's data.
 */
import { type Professional, parseNationalId } from '../directory/directory.ts'

import type { Service } from '../partners/partners.ts'
import type { PersonClaims } from '../people/people.ts'

/** "ANS test numbers start with 9": no professional's number does. */
const nationalId = '899700001235'

const names = { given_name: 'Camille Dominique', family_name: 'EXEMPLE-FICTIF' }

/** `.invalid` never resolves (RFC 2606 section 2): nothing is ever written to it. */
const email = { email: 'camille@exemple-fictif.invalid', email_verified: false }

/** A citizen, unless the service serves professionals alone. */
export function fictionalClaims({ population, scopes }: Pick<Service, 'population' | 'scopes'>): PersonClaims {
  if (population === 'professionals' || (population === undefined && scopes.includes('rpps'))) {
    return { ...names, preferred_username: nationalId, ...email }
  }
  return {
    ...names,
    birthdate: '1985-06-15',
    gender: 'female',
    birthplace: '75107',
    birthcountry: '99100',
    ...email,
  }
}

/** What the register says of the professional of a trial: a profession, and no place where it is exercised. */
export function fictionalProfessional(asked: string): Professional | undefined {
  const parsed = parseNationalId(nationalId)
  if (asked !== nationalId || !parsed.ok) return undefined
  const none = { code: '', label: '' }
  return {
    nationalId: parsed.id,
    civility: { code: 'MME', label: 'Madame' },
    practices: [
      {
        civility: { code: 'DR', label: 'Docteur' },
        familyName: names.family_name,
        givenName: names.given_name,
        profession: { code: '10', label: 'Médecin' },
        category: { code: 'C', label: 'Civil' },
        skillType: none,
        skill: none,
        activities: [],
      },
    ],
    otherIds: [],
  }
}
