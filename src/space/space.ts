/**
 * The person's space: every use of their identity, and what stops it. Pages only: this room owns no table and decides
 * nothing. Who may see what is judged in `policy/space-access.ts`, every change is a verb of the room that it concerns,
 * and each page is served to whoever is signed in, about themselves.
 */
import { mountCases } from './cases.ts'
import { mountData } from './data.ts'
import { mountHistory } from './history.ts'
import { mountHome } from './home.ts'
import { mountMessages } from './letters.ts'
import { mountMandates } from './mandates.ts'
import { mountNotMe } from './not-me.ts'
import { mountPhones } from './phones.ts'
import { mountProtection } from './protection.ts'
import { mountReport } from './report.ts'
import { mountSessions } from './sessions.ts'
import { mountTrips } from './trips.ts'
import { createPages, type FrameOther, type SpaceOptions, type SpacePages } from './visit.ts'

export interface Space {
  /** Draws a page of another room, about what is the person's, in the frame of the space. */
  frameOther: FrameOther
  /** For pages of another room that stand in a person's space: those of the firms in which they work. */
  pages: SpacePages
}

export function mountSpace(options: SpaceOptions): Space {
  const { frameOther, ...pages } = createPages(options)
  mountHome(pages)
  mountMessages(pages)
  mountHistory(pages)
  mountProtection(pages)
  mountTrips(pages)
  mountPhones(pages)
  mountSessions(pages)
  mountMandates(pages)
  mountData(pages)
  mountNotMe(pages)
  mountCases(pages)
  mountReport(pages)
  return { frameOther, pages }
}
