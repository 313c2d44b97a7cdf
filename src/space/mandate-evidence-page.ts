/**
 * The evidence of a mandate on paper: the text that was signed and its version, who signed it and how they had signed in,
 * what proves each key, what was answered about it, and every use. What a machine checks is the archive; this says the
 * same in words, on A4.
 */
import { X509Certificate } from 'node:crypto'
import { type Html, html } from '../http/html.ts'
import type { Page } from '../http/http.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import { directionOf } from '../kernel/languages.ts'
import type { NamedMandate, UseView } from '../mandates/mandates.ts'
import { inGroups } from '../signatures/pages.ts'
import type { Signature } from '../signatures/signatures.ts'
import { countryName, dayOf, timeOf } from './frame.ts'
import {
  type Drawn,
  listOf,
  mandataryName,
  mandatePaths,
  numbersOf,
  organisationName,
  stateSentences,
} from './mandates-words.ts'
import type { SpacePages, SpaceVisit } from './visit.ts'

/** On one sheet of paper after the other: more stand in the archive. */
export const usesPrinted = 500

export interface EvidenceView {
  named: NamedMandate
  signatures: readonly Signature[]
  /** By signature, as they are called. */
  signers: ReadonlyMap<string, string>
  /** The oldest first. */
  uses: readonly UseView[]
  countOfUses: number
  madeAt: Instant
}

export function evidencePage(
  view: EvidenceView,
  pages: Drawn & Pick<SpacePages, 'providerName'>,
  visit: SpaceVisit,
): Page {
  const { context } = visit
  const { t } = context
  const { named, signatures, uses, countOfUses, madeAt } = view
  const { view: mandate, principal, mandatary } = named
  const texts = signatures.filter(({ hash }, index) => signatures.findIndex((one) => one.hash === hash) === index)
  const facts: [string, Html][] = [
    ['number', html`<code>${mandate.mandate}</code>`],
    [
      'principal',
      html`${organisationName(principal, visit)} ${principal && html`<small>${numbersOf(principal)}</small>`}`,
    ],
    ['mandatary', mandataryName(mandatary, visit)],
    [
      'days',
      html`${t('mandates.days', { from: dayOf(mandate.from, pages.timeZone, context), until: dayOf(mandate.until - 1, pages.timeZone, context) })}`,
    ],
    [
      'state',
      html`${stateSentences(named, pages, visit).map((sentence, index) => html`${index > 0 && html`<br>`}${sentence}`)}`,
    ],
    ['printed', timeOf(madeAt, pages.timeZone, context)],
  ]
  const path = mandatePaths.evidence(mandate.mandate)
  return {
    title: `${t('mandates.evidence.title')} – ${mandate.mandate}`,
    here: path,
    body: html`<div class="paper"><p class="back"><a href="${mandatePaths.one(mandate.mandate)}">${t('mandates.back.one')}</a></p>
<h1>${t('mandates.evidence.title')}</h1>
<p class="lead no-print">${t('mandates.evidence.lead')}</p>
<p class="no-print"><a href="${mandatePaths.archive(mandate.mandate)}">${t('mandates.archive.go')}</a></p>
<section aria-labelledby="about"><h2 id="about">${t('mandates.evidence.about')}</h2>${list(facts, visit)}</section>
${texts.map(
  (
    { text, hash, about },
    index,
  ) => html`<section aria-labelledby="text-${index}"><h2 id="text-${index}">${t('mandates.evidence.text')}${texts.length > 1 && ` – ${t(`mandates.signed_as.${about.side}`)}`}</h2>
<div class="letter contract" lang="${text.language}" dir="${directionOf(text.language)}">${text.text}</div>
${list(
  [
    ['version', html`<bdi dir="ltr">${text.version}</bdi>`],
    ['hash', html`<code class="hash" dir="ltr">${inGroups(Buffer.from(hash, 'base64url'))}</code>`],
  ],
  visit,
)}</section>`,
)}
${signatures.length === 0 ? html`<p>${t('mandates.signatures.none')}</p>` : signatures.map((one, index) => signaturePart(one, index, view, pages, visit))}
<section aria-labelledby="uses"><h2 id="uses">${t('mandates.uses', { count: countOfUses })}</h2>
${uses.length === 0 ? html`<p>${t('mandates.uses.none')}</p>` : usesTable(uses, pages, visit)}
${countOfUses > uses.length && html`<p>${t('mandates.evidence.more_uses', { shown: uses.length })}</p>`}</section>
<section aria-labelledby="check"><h2 id="check">${t('mandates.evidence.check')}</h2><p>${t('mandates.evidence.check.text')}</p></section></div>`,
  }
}

const list = (facts: readonly [string, Html | string | undefined | false][], { context: { t } }: SpaceVisit): Html =>
  html`<dl class="data">${facts.map(
    ([label, value]) => value && html`<div><dt>${t(`mandates.label.${label}`)}</dt><dd>${value}</dd></div>`,
  )}</dl>`

function signaturePart(
  one: Signature,
  index: number,
  { signers, named: { view } }: EvidenceView,
  pages: Drawn & Pick<SpacePages, 'providerName'>,
  visit: SpaceVisit,
): Html {
  const { context } = visit
  const { t } = context
  const { authentication, revocation, attested, chain } = one
  const time = (instant: Instant) => timeOf(instant, pages.timeZone, context)
  const [certificate, ...issuers] = chain
  const by = view.signatures.find(({ signature }) => signature === one.signature)
  const facts: [string, Html | string | undefined | false][] = [
    ['signer', html`<bdi>${signers.get(one.signature) ?? t('mandates.person_gone')}</bdi>`],
    [
      'right',
      by?.representation !== undefined &&
        view.representation &&
        html`<bdi>${view.representation.role}</bdi> – <bdi>${view.representation.source}</bdi> – ${dayOf(view.representation.checkedAt, pages.timeZone, context)}`,
    ],
    ['signed_at', time(one.at)],
    ['way', t(`mandates.way.${one.way}`)],
    ['level', t(`own.level.${one.level}`)],
    [
      'authentication',
      html`${pages.providerName(visit, authentication.provider)} – ${t('mandates.level', { level: t(`own.level.${authentication.level}`) })} – ${time(authentication.authTime)}`,
    ],
    ['certificate', certificate && certificateWords(certificate)],
    [
      'issuer',
      issuers.length > 0 &&
        html`${issuers.map((each, place) => html`${place > 0 && html`<br>`}${certificateWords(each)}`)}`,
    ],
    ['attested', attested && html`<bdi dir="ltr">${attested.platform}, ${attested.securityLevel}</bdi>`],
    [
      'revocation',
      revocation &&
        html`${t(`mandates.revocation.${revocation.by}`)} ${time(revocation.at)}. ${t('mandates.revocation.until')} ${time(revocation.until)}.`,
    ],
    ['algorithm', html`<bdi dir="ltr">${one.algorithm}</bdi>`],
    [
      'value',
      html`<code class="hash" dir="ltr">${one.value
        .toString('base64url')
        .match(/.{1,8}/g)
        ?.join(' ')}</code>`,
    ],
    ['signature', html`<code>${one.signature}</code>`],
  ]
  return html`<section aria-labelledby="signature-${index}"><h2 id="signature-${index}">${t(`mandates.evidence.signature.${one.about.side}`)}</h2>
${list(facts, visit)}</section>`
}

/** Subject and serial number, as the certificate has them. */
function certificateWords(der: Buffer): Html {
  try {
    const { subject, serialNumber, validFrom, validTo } = new X509Certificate(der)
    return html`<bdi dir="ltr">${subject.split('\n').join(', ')}</bdi> – <code dir="ltr">${serialNumber}</code> <small><bdi dir="ltr">${toDate(Date.parse(validFrom)).toISOString().slice(0, 10)} – ${toDate(Date.parse(validTo)).toISOString().slice(0, 10)}</bdi></small>`
  } catch {
    return html`<code>DER</code>`
  }
}

function usesTable(uses: readonly UseView[], pages: Drawn, visit: SpaceVisit): Html {
  const { context } = visit
  const { t } = context
  const columns = ['at', 'who', 'service', 'what', 'from'] as const
  return html`<div class="wide" tabindex="0" role="region" aria-label="${t('mandates.uses.list')}"><table class="figures"><caption class="unseen">${t('mandates.uses.list')}</caption>
<thead><tr>${columns.map((column) => html`<th scope="col">${t(`mandates.uses.column.${column}`)}</th>`)}</tr></thead>
<tbody>${uses.map(
    (
      use,
    ) => html`<tr><td>${timeOf(use.at, pages.timeZone, context)}</td><td><bdi>${use.name ?? t('mandates.person_gone')}</bdi></td>
<td><bdi>${pages.serviceName(visit, use.service)}</bdi></td>
<td>${
      use.refused
        ? t('mandates.use.refused')
        : listOf(
            use.actions.map((action) => t(`acting.action.${action}`)),
            visit,
          )
    }${use.unusual.length > 0 && html` <small>(${t('mandates.use.unusual')})</small>`}</td>
<td>${use.country && countryName(use.country, context)}</td></tr>`,
  )}</tbody></table></div>`
}
