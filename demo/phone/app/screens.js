// The screens of the phone. Each is a question: it is drawn, and its promise resolves with what was pressed; undefined is
// the way back. The heading takes the focus, so that a screen reader says what changed.
import { definitions, h } from './draw.js'
import { readCamera, readPicture } from './scan.js'

export function createScreens({ root, words, language, hubName }) {
  const say = (key, values = {}) =>
    (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => ({ hub: hubName(), ...values })[name] ?? '')
  const dateOf = (instant, style = { dateStyle: 'long' }) =>
    new Intl.DateTimeFormat(tagOf(language), style).format(instant)
  const nameOf = ({ purpose, service }) =>
    purpose === 'signature' ? say('a_signature') : service ? translated(service) : say('own_purpose')
  /** As it is, in the direction of its own language. */
  const textOf = ({ language: spoken, content }) =>
    h('div', { class: 'text', lang: spoken, dir: spoken === 'ar' ? 'rtl' : 'ltr' }, content)
  const translated = (text) => text?.[language] ?? text?.fr ?? text?.en ?? ''

  /** Puts a screen up; `build(answer)` gives its elements. */
  function show(title, build, { leave } = {}) {
    return new Promise((resolve) => {
      const answer = (value) => {
        leave?.()
        resolve(value)
      }
      const heading = h('h1', { tabindex: '-1' }, title)
      root.replaceChildren(heading, ...build(answer).flat().filter(Boolean))
      root.removeAttribute('aria-busy')
      scrollTo(0, 0)
      heading.focus({ preventScroll: true })
    })
  }

  const button = (text, onclick, attributes = {}) => h('button', { type: 'button', ...attributes, onclick }, text)
  const quiet = (text, onclick) => button(text, onclick, { class: 'quiet' })
  const alert = (text) => text && h('p', { class: 'alert', role: 'alert' }, text)

  /** A screen with a field: a form, so that the enter key of the phone's keyboard works. */
  function form(answer, { id, label, hint, submit, attributes }) {
    const field = h('input', {
      id,
      name: id,
      required: true,
      autocomplete: 'off',
      'aria-describedby': `${id}-hint`,
      ...attributes,
    })
    return h(
      'form',
      {
        onsubmit: (event) => {
          event.preventDefault()
          answer(field.value.trim())
        },
      },
      h('label', { for: id }, label),
      h('p', { id: `${id}-hint`, class: 'soft' }, hint),
      field,
      h('button', { type: 'submit' }, submit),
    )
  }

  return {
    say,
    translated,

    busy(key = 'busy') {
      root.setAttribute('aria-busy', 'true')
      root.replaceChildren(
        h('p', { class: 'busy', role: 'status' }, h('span', { class: 'wheel', 'aria-hidden': 'true' }), say(key)),
      )
    },

    home: (pairings) =>
      pairings.length === 0
        ? show(say('welcome'), (answer) => [
            h('p', {}, say('welcome_text')),
            button(say('set_up'), () => answer('pair')),
            quiet(say('read_card_only'), () => answer('scan')),
          ])
        : show(say('ready'), (answer) => [
            h(
              'ul',
              { class: 'people' },
              pairings.map(({ name, card }) => h('li', {}, h('strong', {}, name), h('small', {}, card))),
            ),
            button(say('scan'), () => answer('scan'), { class: 'large' }),
            quiet(say('approvals'), () => answer('approvals')),
            quiet(say('phones'), () => answer('phones')),
            quiet(say('set_up_another'), () => answer('pair')),
          ]),

    message: (title, text, { next = 'done', reference } = {}) =>
      show(title, (answer) => [
        h('p', {}, text),
        reference && h('p', { class: 'soft' }, `${say('reference')} : `, h('code', {}, reference)),
        button(say(next), () => answer()),
      ]),

    chooseCard: (cards) =>
      show(say('choose_card'), (answer) => [
        h('p', {}, cards.length > 0 ? say('choose_card_text') : say('no_card')),
        h(
          'ul',
          { class: 'cards' },
          cards.map((card) =>
            h(
              'li',
              {},
              button(
                [h('small', {}, say(card.kind)), h('strong', {}, card.name), h('code', { dir: 'ltr' }, card.number)],
                () => answer(card),
                {
                  class: `card ${card.kind}`,
                },
              ),
            ),
          ),
        ),
        quiet(say('cancel'), () => answer()),
      ]),

    pin: (card, { left, hint }) =>
      show(say('pin'), (answer) => [
        h('p', { class: 'who' }, `${say(card.kind)} · ${card.name}`),
        alert(left !== undefined && say('pin_wrong', { left: String(left) })),
        form(answer, {
          id: 'pin',
          label: say('pin'),
          hint: say('pin_text'),
          submit: say('go_on'),
          attributes: { type: 'password', inputmode: 'numeric', pattern: '[0-9]{4,12}', maxlength: '12', dir: 'ltr' },
        }),
        hint && h('p', { class: 'soft' }, say('pin_hint', { pin: hint })),
        quiet(say('cancel'), () => answer()),
      ]),

    finger: (left) =>
      show(say('finger'), (answer) => [
        h('p', {}, say('finger_text')),
        alert(left !== undefined && say('finger_wrong', { left: String(left) })),
        h(
          'div',
          { class: 'either' },
          button(say('own_finger'), () => answer('own')),
          button(say('other_finger'), () => answer('other'), { class: 'quiet' }),
        ),
        quiet(say('cancel'), () => answer()),
      ]),

    scan() {
      const leaving = new AbortController()
      const title = say('scan_title')
      return show(
        title,
        (answer) => {
          const status = h('p', { class: 'soft', role: 'status' })
          const video = h('video', { playsinline: true, muted: true, hidden: true, 'aria-label': title })
          const camera = button(say('camera'), async () => {
            camera.hidden = true
            video.hidden = false
            status.textContent = say('looking')
            const text = await readCamera(video, leaving.signal).catch(() => {
              video.hidden = true
              status.textContent = say('camera_failed')
            })
            if (text) answer(text)
          })
          const picture = h('input', {
            id: 'picture',
            type: 'file',
            accept: 'image/*',
            onchange: async () => {
              const [file] = picture.files
              const text = file && (await readPicture(file))
              if (text) answer(text)
              else status.textContent = say('image_nothing')
            },
          })
          const link = form((text) => answer(text), {
            id: 'link',
            label: say('link'),
            hint: '',
            submit: say('go_on'),
            attributes: { dir: 'ltr', autocapitalize: 'none', spellcheck: 'false' },
          })
          const paste = quiet(say('paste'), async () => {
            const text = (await navigator.clipboard?.readText().catch(() => ''))?.trim()
            if (text) answer(text)
            else status.textContent = say('paste_nothing')
          })
          return [
            h('p', {}, say('scan_text')),
            video,
            status,
            camera,
            h('label', { for: 'picture' }, say('image')),
            picture,
            link,
            paste,
            quiet(say('cancel'), () => answer()),
          ]
        },
        { leave: () => leaving.abort() },
      )
    },

    whose: (pairings) =>
      show(say('whose'), (answer) => [
        h(
          'ul',
          { class: 'choices' },
          pairings.map((pairing) =>
            h(
              'li',
              {},
              button(`${pairing.name} · ${pairing.card}`, () => answer(pairing)),
            ),
          ),
        ),
        quiet(say('cancel'), () => answer()),
      ]),

    /**
     * What is asked, and by whom: before anything else (`goOn`), with the number of the screen (`number`), and once more
     * at the end (`approved`), where a `text` that was read stays within reach. To decline is as near as the other in each;
     * it resolves with `{}`.
     */
    request(view, { number = false, left, last = false, text } = {}) {
      const service = view.own ? say('own_purpose') : translated(view.service)
      const kind = view.signs ? '_signature' : ''
      return show(say(`${last ? 'request_last' : 'request_title'}${kind}`), (answer) => {
        const field =
          number &&
          h('input', {
            id: 'number',
            name: 'number',
            inputmode: 'numeric',
            pattern: '[0-9]{2}',
            maxlength: '2',
            required: true,
            autocomplete: 'off',
            dir: 'ltr',
            'aria-describedby': 'number-hint',
          })
        return [
          definitions([
            [say('service'), service && h('strong', {}, service)],
            [say('identity'), view.name],
            [say('place'), view.place],
            [say('device'), view.device],
            [say('time'), dateOf(view.at, { dateStyle: 'long', timeStyle: 'medium' })],
          ]),
          view.warnings.length > 0 &&
            h(
              'ul',
              { class: 'warnings' },
              view.warnings.map((key) => h('li', {}, say(`warn_${key}`))),
            ),
          text && h('details', {}, h('summary', {}, say('read_again')), textOf(text)),
          h('p', {}, say('in_front')),
          alert(left !== undefined && say('number_wrong', { left: String(left) })),
          h(
            'form',
            {
              onsubmit: (event) => {
                event.preventDefault()
                answer(last ? { approved: true } : number ? { number: field.value } : { goOn: true })
              },
            },
            field && [
              h('label', { for: 'number' }, say('number')),
              h('p', { id: 'number-hint', class: 'soft' }, say('number_text')),
              field,
            ],
            h(
              'div',
              { class: 'either' },
              h('button', { type: 'submit' }, say(last ? `approve${kind}` : 'go_on')),
              button(say('decline'), () => answer({}), { class: 'decline' }),
            ),
          ),
        ]
      })
    },

    /** The whole text that is to be signed; the answers come after its end. */
    read: (text) =>
      show(say('read'), (answer) => [
        h('p', { class: 'soft' }, say('read_text')),
        textOf(text),
        h(
          'div',
          { class: 'either' },
          button(say('read_done'), () => answer({ goOn: true })),
          button(say('decline'), () => answer({}), { class: 'decline' }),
        ),
      ]),

    why: () =>
      show(say('why'), (answer) => [
        h(
          'ul',
          { class: 'choices' },
          ['not_me', 'wrong_place', 'changed_mind'].map((reason) =>
            h(
              'li',
              {},
              button(say(`why_${reason}`), () => answer(reason), { class: 'quiet' }),
            ),
          ),
        ),
        quiet(say('back'), () => answer()),
      ]),

    /** The last word is typed on the screen; `ended` resolves when that is done there, or will not be. */
    number(digits, ended, isSignature = false) {
      return show(say('confirm_title'), (answer) => {
        const status = h('p', { class: 'soft', role: 'status' }, say('waiting'))
        ended.then(
          (isIn) => {
            status.textContent = say(isIn ? (isSignature ? 'signed' : 'signed_in') : 'error_request_over')
          },
          () => status.remove(),
        )
        return [
          h('p', { class: 'number' }, h('output', { dir: 'ltr' }, digits)),
          h('p', {}, say('confirm_text')),
          status,
          button(say('done'), () => answer()),
        ]
      })
    },

    /** The browser that began is this one: a link leads back, and no number is typed. */
    goBack: (address) =>
      show(say('return_title'), () => [
        h('p', {}, say('return_text')),
        h('a', { class: 'button', href: address, rel: 'noreferrer' }, say('return')),
      ]),

    approvals: (list) =>
      show(say('approvals'), (answer) => [
        list.length === 0
          ? h('p', {}, say('none'))
          : h(
              'ul',
              { class: 'lines' },
              list.map(({ outcome, purpose, service, place, at }) =>
                h(
                  'li',
                  {},
                  h('strong', {}, nameOf({ purpose, service })),
                  h('span', {}, [say(`was_${outcome}`), place].filter(Boolean).join(' · ')),
                  h('small', {}, dateOf(at, { dateStyle: 'medium', timeStyle: 'short' })),
                ),
              ),
            ),
        button(say('back'), () => answer()),
      ]),

    phones: (pairings) =>
      show(say('phones'), (answer) => [
        ...pairings.map((pairing) =>
          h(
            'article',
            {},
            h('h2', {}, pairing.name),
            h('p', {}, pairing.card),
            pairing.expiresAt && h('p', { class: 'soft' }, say('until', { date: dateOf(pairing.expiresAt) })),
            h(
              'div',
              { class: 'either' },
              quiet(say('renew'), () => answer({ renew: pairing })),
              quiet(say('remove'), () => answer({ remove: pairing })),
            ),
          ),
        ),
        button(say('back'), () => answer()),
      ]),

    sure: (pairing) =>
      show(say('remove'), (answer) => [
        h('p', {}, say('remove_sure', { name: pairing.name })),
        h(
          'div',
          { class: 'either' },
          button(say('remove'), () => answer(true)),
          button(say('cancel'), () => answer(false)),
        ),
      ]),
  }
}

/** Western digits in Arabic, as the town and the hub write them. */
function tagOf(language) {
  return language === 'ar' ? 'ar-MA-u-nu-latn' : language
}
