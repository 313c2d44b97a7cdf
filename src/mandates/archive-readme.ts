/** The text that lies in every evidence archive: what it holds, and how to check it with public tools alone. */
import type { Language } from '../kernel/languages.ts'

/** The same in every language: they are typed as they stand. */
const commands = {
  files: `jq -r '.files | to_entries[] | "\\(.value)  \\(.key)"' manifest.json | sha256sum -c --quiet -`,
  manifest: `jq -rRj 'split(".")[1] | gsub("-"; "+") | gsub("_"; "/") | @base64d' manifest.jws | cmp - manifest.json
cut -d. -f1,2 manifest.jws | tr -d '\\n' | cmp - manifest.signed
KEY=$(jq -rR 'split(".")[0] | gsub("-"; "+") | gsub("_"; "/") | @base64d | fromjson | .kid' manifest.jws)
openssl dgst -sha256 -verify "hub/$KEY.pem" -signature manifest.signature manifest.signed`,
  hub: `jq -r '.keys[] | .kid + " " + .x + " " + .y' hub/journal-keys.json`,
  signature: `cd signatures/1-principal
jq -r .check signature.json
openssl dgst -sha256 -verify key.pem -signature signature.bin signed.bin`,
  card: `cmp text.txt signed.bin`,
  statement: `openssl dgst -sha256 -binary text.txt | base64 | tr '+/' '-_' | tr -d '=\\n'; echo
tail -n 1 statement.txt; echo`,
  app: `cmp statement.txt signed.bin`,
  passkey: `{ cat authenticator-data.bin; openssl dgst -sha256 -binary client-data.json; } | cmp - signed.bin
openssl dgst -sha256 -binary statement.txt | base64 | tr '+/' '-_' | tr -d '=\\n'; echo
jq -r '.challenge, .origin' client-data.json`,
  chain: `KIND=$(jq -r .kind signature.json)
AT=$(jq -r '.at | sub("[.][0-9]+"; "") | fromdate' signature.json)
openssl x509 -in certificate.pem -pubkey -noout | cmp - key.pem
openssl x509 -in certificate.pem -noout -subject -ext keyUsage
openssl verify -attime "$AT" -purpose any -CAfile "../../trust/$KIND.pem" -untrusted issuers.pem certificate.pem`,
  ocsp: `openssl ocsp -respin revocation.ocsp -issuer issuers.pem -cert certificate.pem -CAfile "../../trust/$KIND.pem" -verify_other issuers.pem -attime "$AT" -no_nonce`,
  crl: `openssl crl -inform DER -in revocation.crl -CAfile issuers.pem -noout`,
  own: `garant mandate verify mandate.zip --roots roots/ --keys journal-keys.json`,
} as const

type Part = keyof typeof commands

/** What stands before the commands of a part; then the end. */
const words: Record<Language, { title: string; lead: string; parts: Record<Part, string>; end: string }> = {
  fr: {
    title: 'Dossier de preuve d’un mandat',
    lead: `Ce dossier contient le mandat (mandate.json), chaque signature avec le texte exact qui a été montré (signatures/), ce qui s’est passé avec la preuve que le journal le contient (facts.jsonl), et chaque usage (uses.jsonl). Tout se vérifie sans le site qui l’a remis, avec openssl, sha256sum et jq. Une commande qui n’affiche rien, « OK » ou « Verified OK » a réussi.`,
    parts: {
      files: '1. Chaque fichier est celui que le manifeste nomme.',
      manifest: '2. Le manifeste est signé par une clé du journal du site.',
      hub: '   Ces clés doivent être celles que le site publie (/journal/keys), ou que vous avez gardées : comparez-les, car un faussaire mettrait les siennes ici.',
      signature:
        '3. Chaque signature vient de cette clé. La deuxième ligne affiche la commande qui convient à cette clé ; voici la plus fréquente.',
      card: '   Par une carte (« way » : card) : c’est le texte lui-même qui est signé.',
      statement:
        '   Par l’application ou une clé d’accès : c’est une déclaration, dont la dernière ligne est l’empreinte du texte. Les deux lignes affichées sont les mêmes.',
      app: '   Par l’application (app) : la déclaration est signée telle quelle.',
      passkey:
        '   Par une clé d’accès (passkey) : l’empreinte de la déclaration est le défi que la clé a signé. Les deux premières lignes affichées sont les mêmes, la troisième est l’adresse du site.',
      chain:
        '4. Où un certificat accompagne la signature : la clé est la sienne, il sert à signer (« Non Repudiation »), et il mène à une racine. Prenez la racine chez l’émetteur des cartes plutôt que dans trust/.',
      ocsp: '   Il n’était pas révoqué au moment de signer : réponse de l’émetteur (revocation.ocsp) …',
      crl: '   … ou liste de l’émetteur (revocation.crl), qui ne doit pas contenir son numéro de série.',
      own: 'Tout à la fois, avec le programme du site, sans réseau :',
    },
    end: 'Ce que cela ne dit pas : l’heure d’une signature est celle du site (bornée par la réponse sur la révocation et par le journal) ; d’une clé d’accès ou de la clé d’un téléphone, c’est le site qui dit à qui elle est. Le format est décrit dans docs/mandate-archive.md.',
  },
  en: {
    title: 'Evidence file of a mandate',
    lead: `This archive holds the mandate (mandate.json), each signature with the exact text that was shown (signatures/), what happened with the proof that the journal has it (facts.jsonl), and each use (uses.jsonl). All of it can be checked without the site that handed it out, with openssl, sha256sum and jq. A command that prints nothing, “OK” or “Verified OK” has succeeded.`,
    parts: {
      files: '1. Each file is the one that the manifest names.',
      manifest: '2. The manifest is signed by a key of the site’s journal.',
      hub: '   These keys have to be those that the site publishes (/journal/keys), or that you have kept: compare them, for a forger would put his own here.',
      signature:
        '3. Each signature was made by this key. The second line prints the command that fits the key; here is the usual one.',
      card: '   By a card (“way”: card): the text itself is signed.',
      statement:
        '   By the app or a passkey: a statement is signed, whose last line is the fingerprint of the text. The two lines printed are the same.',
      app: '   By the app: the statement is signed as it is.',
      passkey:
        '   By a passkey: the fingerprint of the statement is the challenge that the key has signed. The first two lines printed are the same, the third is the address of the site.',
      chain:
        '4. Where a certificate comes with the signature: the key is its own, it is for signing (“Non Repudiation”), and it leads to a root. Take the root from the issuer of the cards rather than from trust/.',
      ocsp: '   It was not revoked when the text was signed: an answer of the issuer (revocation.ocsp) …',
      crl: '   … or a list of the issuer (revocation.crl), which must not have its serial number.',
      own: 'All at once, with the program of the site, without a network:',
    },
    end: 'What this does not say: the time of a signature is the site’s (bounded by the answer on revocation and by the journal); of a passkey or the key of a phone it is the site that says whose it is. The format is described in docs/mandate-archive.md.',
  },
  ar: {
    title: 'ملف إثبات توكيل',
    lead: `يحوي هذا الملف التوكيل (mandate.json)، وكل توقيع مع النص الذي عُرض حرفيًا (signatures/)، وما حدث مع إثبات وجوده في السجل (facts.jsonl)، وكل استعمال (uses.jsonl). يمكن التحقق من كل ذلك دون الموقع الذي سلّمه، بالأدوات openssl وsha256sum وjq. الأمر الذي لا يطبع شيئًا أو يطبع «OK» أو «Verified OK» قد نجح.`,
    parts: {
      files: '1. كل ملف هو الذي يسمّيه البيان.',
      manifest: '2. البيان موقّع بمفتاح من سجل الموقع.',
      hub: '   يجب أن تكون هذه المفاتيح هي التي ينشرها الموقع (/journal/keys) أو التي حفظتها أنت: قارن بينها، فالمزوّر يضع مفاتيحه هنا.',
      signature: '3. كل توقيع صدر عن هذا المفتاح. يطبع السطر الثاني الأمر الملائم للمفتاح؛ وهذا هو المعتاد.',
      card: '   بالبطاقة (way: card): النص نفسه هو الموقّع.',
      statement: '   بالتطبيق أو بمفتاح مرور: الموقّع بيان آخر سطر فيه هو بصمة النص. السطران المطبوعان متطابقان.',
      app: '   بالتطبيق (app): البيان موقّع كما هو.',
      passkey:
        '   بمفتاح مرور (passkey): بصمة البيان هي التحدي الذي وقّعه المفتاح. السطران الأولان المطبوعان متطابقان، والثالث عنوان الموقع.',
      chain:
        '4. حيث ترافق التوقيع شهادة: المفتاح مفتاحها، وهي للتوقيع («Non Repudiation»)، وتؤدي إلى جذر. خذ الجذر من مُصدر البطاقات لا من trust/.',
      ocsp: '   لم تكن ملغاة حين التوقيع: جواب المُصدر (revocation.ocsp) …',
      crl: '   … أو قائمة المُصدر (revocation.crl)، ويجب ألا تحوي رقمها التسلسلي.',
      own: 'كل ذلك مرة واحدة ببرنامج الموقع، دون شبكة:',
    },
    end: 'ما لا يقوله هذا الملف: وقت التوقيع هو وقت الموقع (يحدّه جواب الإلغاء والسجل)؛ ومالك مفتاح المرور أو مفتاح الهاتف هو من يقول الموقع إنه مالكه. الصيغة موصوفة في docs/mandate-archive.md.',
  },
}

const order: readonly Part[] = [
  ...(['files', 'manifest', 'hub', 'signature', 'card', 'statement', 'app', 'passkey'] as const),
  ...(['chain', 'ocsp', 'crl', 'own'] as const),
]

export function readme(language: Language): string {
  const { title, lead, parts, end } = words[language]
  const shown = order.map((part) => `${parts[part]}\n\n${commands[part].replace(/^/gm, '    ')}`)
  return `${[title, lead, ...shown, end].join('\n\n')}\n`
}

/** The lines to type of a part, as the text has them. */
export const commandsOf = (part: Part): string => commands[part]
