/**
 * What the pages of help say, chapter by chapter: what happens to somebody, and what to do. Each chapter is written once
 * and stands on the pages of those to whom it happens. Only what the hub does is told; what is planned says so.
 */
import type { Language } from '../kernel/languages.ts'
import type { Audience } from './vocabulary.ts'

/** Pages that chapters lead to. */
export const destinations = {
  status: '/status',
  space: '/space',
  history: '/space/history',
  protection: '/space/protection',
  sessions: '/space/sessions',
  message: '/message',
  not_me: '/not-me',
  report: '/report',
  cases: '/space/cases',
  means: '/means',
  contacts: '/means/contacts',
  trips: '/space/trips',
  mandates: '/mandates',
  own_mandates: '/space/mandates',
  firm: '/firm',
  lost: '/means/lost',
  activate: '/means/activate',
  errors: '/help/errors',
  ask: '/help/ask',
} as const
export type Destination = keyof typeof destinations

interface ChapterText {
  title: string
  says: readonly string[]
  steps: readonly string[]
}

export interface Chapter {
  links: readonly Destination[]
  text: Record<Language, ChapterText>
}

export const chapters = {
  choose: {
    links: ['errors'],
    text: {
      fr: {
        title: 'Se connecter à un service',
        says: ['Vous n’avez pas de compte à créer. Vous prenez un compte que vous avez déjà, chez un autre organisme.'],
        steps: [
          'Partez du site du service. Choisissez de vous y connecter par ici.',
          'Une page montre les comptes possibles. Prenez-en un que vous avez déjà.',
          'Un compte grisé ne peut pas servir en ce moment. La raison est écrite à côté.',
          'Vous vous identifiez sur le site de ce compte. Lisez son adresse, en haut du navigateur, avant d’y taper un mot de passe.',
          'Lisez ce qui va être transmis au service. Si vous êtes d’accord, continuez.',
        ],
      },
      en: {
        title: 'Signing in to a service',
        says: ['You have no account to create. You take one that you already have, with another organisation.'],
        steps: [
          'Begin at the site of the service. Choose to sign in this way.',
          'A page shows the accounts that are possible. Take one that you have.',
          'A greyed account cannot be used at the moment. The reason is written beside it.',
          'You sign in on the site of that account. Read its address, at the top of the browser, before you type a password.',
          'Read what will be sent to the service. If you agree, go on.',
        ],
      },
      ar: {
        title: 'الدخول إلى خدمة',
        says: ['لا حاجة إلى إنشاء حساب. تستعمل حسابًا لديك من قبل عند جهة أخرى.'],
        steps: [
          'ابدأ من موقع الخدمة، واختر الدخول عن طريقنا.',
          'تظهر صفحة بالحسابات الممكنة. اختر حسابًا تملكه.',
          'الحساب الرمادي لا يمكن استعماله الآن. السبب مكتوب بجانبه.',
          'تثبت هويتك في موقع ذلك الحساب. اقرأ العنوان في أعلى المتصفح قبل أن تكتب كلمة المرور.',
          'اقرأ ما سيُرسَل إلى الخدمة. إن وافقت فتابع.',
        ],
      },
    },
  },

  unavailable: {
    links: ['status'],
    text: {
      fr: {
        title: 'Votre compte habituel ne marche pas',
        says: ['Un compte peut être en panne, en travaux, ou arrêté par sécurité. Ce n’est pas de votre fait.'],
        steps: [
          'Regardez la page des pannes. Elle dit quels comptes marchent, et pourquoi les autres ne marchent pas.',
          'Prenez un autre compte à votre nom. En général, le service vous reconnaît. Sinon, nous vous demandons de vous identifier aussi avec votre compte habituel, quand il remarche.',
          'Vous n’avez pas d’autre compte ? Revenez au service : il propose un autre moyen de connexion.',
        ],
      },
      en: {
        title: 'Your usual account does not work',
        says: ['An account can be down, under repair, or stopped for safety. It is nothing that you did.'],
        steps: [
          'Look at the page of outages. It says which accounts work, and why the others do not.',
          'Take another account in your own name. As a rule the service recognises you. If it does not, we ask you to sign in with your usual account as well, once it works again.',
          'You have no other account? Go back to the service: it has another way to sign in.',
        ],
      },
      ar: {
        title: 'حسابك المعتاد لا يعمل',
        says: ['قد يكون الحساب معطّلًا أو قيد الصيانة أو موقوفًا لأسباب أمنية. ليس ذلك بسببك.'],
        steps: [
          'انظر إلى صفحة الأعطال: تبيّن الحسابات التي تعمل، وسبب توقف غيرها.',
          'استعمل حسابًا آخر باسمك. في الغالب تتعرّف الخدمة عليك. وإلا طلبنا منك الدخول بحسابك المعتاد أيضًا حين يعود إلى العمل.',
          'ليس لديك حساب آخر؟ عُد إلى الخدمة: لديها طريقة أخرى للدخول.',
        ],
      },
    },
  },

  lost: {
    links: ['means', 'lost', 'protection'],
    text: {
      fr: {
        title: 'Vous avez perdu votre téléphone ou votre carte',
        says: ['Faites vite. Même si vous pensez l’avoir seulement égaré.'],
        steps: [
          'Prévenez l’organisme qui vous a donné la carte ou l’application. Lui seul peut l’arrêter.',
          'Vous aviez créé un moyen sur ce site : mot de passe, clé d’accès, application de codes ? Suspendez-le sur la page de vos moyens. Vous pourrez le reprendre si vous le retrouvez.',
          'Vous ne pouvez plus vous identifier ici ? Une page ci-dessous dit quoi faire.',
          'On vous l’a volé, ou vous avez un doute ? Gelez votre identité : plus aucun service ne la reçoit.',
        ],
      },
      en: {
        title: 'You have lost your phone or your card',
        says: ['Be quick. Even if you think that you only mislaid it.'],
        steps: [
          'Tell the organisation that gave you the card or the application. Nobody else can stop it.',
          'You made a means on this site: password, passkey, application for codes? Suspend it on the page of your means. You can bring it back if you find it.',
          'You cannot sign in here any more? A page below says what to do.',
          'It was stolen, or you are not sure? Freeze your identity: no service receives it any more.',
        ],
      },
      ar: {
        title: 'فقدت هاتفك أو بطاقتك',
        says: ['أسرع، حتى لو ظننت أنك أضعتها مؤقتًا فقط.'],
        steps: [
          'أخبر الجهة التي أعطتك البطاقة أو التطبيق. هي وحدها تستطيع إيقافها.',
          'هل أنشأت وسيلة على هذا الموقع: كلمة مرور أو مفتاح مرور أو تطبيق رموز؟ علّقها من صفحة وسائلك. يمكنك استعادتها إذا وجدتها.',
          'لم تعد تستطيع الدخول هنا؟ إحدى الصفحات أدناه تبيّن ما العمل.',
          'سُرقت منك، أو لديك شك؟ جمّد هويتك: لن تتلقاها أي خدمة بعد ذلك.',
        ],
      },
    },
  },

  abroad: {
    links: ['trips', 'contacts'],
    text: {
      fr: {
        title: 'Vous êtes à l’étranger',
        says: [
          'Ce site ne ferme sa porte à aucun pays. Un service peut demander une preuve de plus depuis l’étranger, ou ne pas s’y ouvrir : sa page le dit, avec ce que vous pouvez faire.',
          'Une connexion depuis un pays nouveau sort de l’ordinaire. Nous vous écrivons pour vous prévenir. Il faut parfois un compte d’un niveau plus élevé.',
        ],
        steps: [
          'Avant de partir, déclarez votre voyage dans votre espace : les services qui demandent davantage s’ouvriront comme d’habitude.',
          'Vérifiez que nous avons une adresse où vous lirez nos messages.',
          'Ayez un second moyen qui marche sans réseau téléphonique : une application de codes, ou une clé d’accès. Un code par SMS n’arrive pas toujours.',
          'Votre compte refuse les connexions de l’étranger ? La règle vient de l’organisme qui le tient. Prenez un autre compte.',
        ],
      },
      en: {
        title: 'You are abroad',
        says: [
          'This site closes its door to no country. A service may ask for one more proof from abroad, or not open there: its page says so, with what you can do.',
          'A sign-in from a new country is out of the ordinary. We write to you to let you know. Sometimes it takes an account of a higher level.',
        ],
        steps: [
          'Before you leave, declare your trip in your space: services that ask for more will open as usual.',
          'Check that we have an address where you will read our messages.',
          'Have a second means that works without a telephone network: an application for codes, or a passkey. A code by text message does not always arrive.',
          'Your account refuses sign-ins from abroad? The rule is that of the organisation that keeps it. Take another account.',
        ],
      },
      ar: {
        title: 'أنت خارج البلاد',
        says: [
          'لا يغلق هذا الموقع بابه أمام أي بلد. وقد تطلب خدمة ما إثباتًا إضافيًا من الخارج أو لا تُفتح منه: تبيّن صفحتها ذلك وما يمكنك فعله.',
          'الدخول من بلد جديد أمر غير معتاد، فنكتب إليك لنخبرك به. وقد يلزم أحيانًا حساب بمستوى أعلى.',
        ],
        steps: [
          'قبل السفر صرّح بسفرك في فضائك: تُفتح الخدمات التي تطلب أكثر كالمعتاد.',
          'تأكد من أن لدينا عنوانًا تقرأ فيه رسائلنا.',
          'لتكن لديك وسيلة ثانية تعمل من دون شبكة هاتف: تطبيق رموز أو مفتاح مرور. فالرمز المرسَل برسالة قصيرة لا يصل دائمًا.',
          'يرفض حسابك الدخول من الخارج؟ القاعدة من الجهة التي تدير هذا الحساب. استعمل حسابًا آخر.',
        ],
      },
    },
  },

  level: {
    links: ['means'],
    text: {
      fr: {
        title: 'Le service demande un niveau plus élevé',
        says: [
          'Le niveau dit à quel point un compte prouve que c’est vous.',
          'Faible : en général un mot de passe. Substantiel : une identité vérifiée et deux preuves, par exemple un mot de passe et un téléphone. Élevé : une identité vérifiée en personne, et une carte ou une clé que personne ne peut copier.',
        ],
        steps: [
          'Sur la page de choix, prenez un compte qui n’est pas grisé.',
          'Votre compte peut demander deux preuves ? Activez-les sur le site de ce compte, puis recommencez.',
          'Aucun de vos comptes ne suffit ? Revenez au service : il propose un autre moyen de connexion.',
        ],
      },
      en: {
        title: 'The service asks for a higher level',
        says: [
          'The level says how well an account proves that it is you.',
          'Low: usually a password. Substantial: a verified identity and two proofs, such as a password and a phone. High: an identity verified in person, and a card or a key that nobody can copy.',
        ],
        steps: [
          'On the page of choice, take an account that is not greyed.',
          'Your account can ask for two proofs? Turn that on at the site of that account, then start again.',
          'None of your accounts is enough? Go back to the service: it has another way to sign in.',
        ],
      },
      ar: {
        title: 'الخدمة تطلب مستوى أعلى',
        says: [
          'يبيّن المستوى مدى قوة الحساب في إثبات أنك أنت.',
          'منخفض: كلمة مرور في الغالب. معتبر: هوية متحقَّق منها وإثباتان، مثل كلمة مرور وهاتف. عالٍ: هوية متحقَّق منها حضوريًا، وبطاقة أو مفتاح لا يستطيع أحد نسخه.',
        ],
        steps: [
          'في صفحة الاختيار، استعمل حسابًا ليس رماديًا.',
          'هل يمكن لحسابك أن يطلب إثباتين؟ فعّل ذلك في موقع هذا الحساب، ثم أعد المحاولة.',
          'لا يكفي أي من حساباتك؟ عُد إلى الخدمة: لديها طريقة أخرى للدخول.',
        ],
      },
    },
  },

  alert: {
    links: ['not_me', 'message', 'protection'],
    text: {
      fr: {
        title: 'Vous avez reçu une alerte de connexion',
        says: [
          'Nous vous écrivons quand une connexion sort de l’ordinaire : un appareil nouveau, un pays nouveau, un compte nouveau.',
          'C’était vous ? Il n’y a rien à faire.',
        ],
        steps: [
          'Ce n’était pas vous ? Ouvrez la page « Ce n’était pas moi » et tapez le code du message. La session s’arrête tout de suite, sans mot de passe.',
          'Identifiez-vous ensuite. Vous pourrez bloquer le compte utilisé, geler votre identité, faire un signalement.',
          'Changez le mot de passe du compte utilisé, sur le site de ce compte.',
          'Un doute sur le message ? Vérifiez d’abord qu’il vient de nous.',
        ],
      },
      en: {
        title: 'You have received an alert about a sign-in',
        says: [
          'We write to you when a sign-in is out of the ordinary: a new device, a new country, a new account.',
          'It was you? There is nothing to do.',
        ],
        steps: [
          'It was not you? Open the page “It was not me” and type the code of the message. The session ends at once, without a password.',
          'Then sign in. You can block the account that was used, freeze your identity, report it.',
          'Change the password of the account that was used, on the site of that account.',
          'Not sure about the message? First check that it is ours.',
        ],
      },
      ar: {
        title: 'وصلك تنبيه بدخول',
        says: [
          'نكتب إليك عندما يكون الدخول غير معتاد: جهاز جديد، أو بلد جديد، أو حساب جديد.',
          'هل كنت أنت؟ ليس عليك فعل شيء.',
        ],
        steps: [
          'لم تكن أنت؟ افتح صفحة «لم أكن أنا» واكتب رمز الرسالة. تنتهي الجلسة فورًا من دون كلمة مرور.',
          'ثم سجّل دخولك. يمكنك حظر الحساب المستعمل، وتجميد هويتك، والإبلاغ.',
          'غيّر كلمة مرور الحساب المستعمل، في موقع ذلك الحساب.',
          'لديك شك في الرسالة؟ تحقق أولًا من أنها منا.',
        ],
      },
    },
  },

  message: {
    links: ['message', 'protection'],
    text: {
      fr: {
        title: 'Un message est-il vraiment de nous ?',
        says: [
          'Nos messages ne contiennent aucun lien. Ils ne demandent jamais ni mot de passe ni code.',
          'Un fraudeur peut recopier le code d’un vrai message. Pour vérifier, il faut donc le code et l’adresse qui l’a reçu.',
        ],
        steps: [
          'N’ouvrez pas le lien reçu. Tapez vous-même l’adresse de ce site dans votre navigateur.',
          'Sur la page de vérification, tapez le code du message et l’adresse où il est arrivé. Nous disons si nous l’avons envoyé à cette adresse.',
          'Vous avez déjà donné un mot de passe ? Changez-le tout de suite, sur le site du compte. Puis gelez votre identité.',
        ],
      },
      en: {
        title: 'Is a message really ours?',
        says: [
          'Our messages hold no link. They never ask for a password or a code.',
          'A swindler can copy the code of a true message. So to check one, it takes the code and the address that received it.',
        ],
        steps: [
          'Do not open the link that you were sent. Type the address of this site into your browser yourself.',
          'On the page that checks messages, type the code of the message and the address where it arrived. We say whether we sent it to that address.',
          'You have already given a password? Change it at once, on the site of the account. Then freeze your identity.',
        ],
      },
      ar: {
        title: 'هل الرسالة منا فعلًا؟',
        says: [
          'لا تتضمن رسائلنا أي رابط، ولا تطلب أبدًا كلمة مرور ولا رمزًا.',
          'قد ينسخ المحتال رمز رسالة صحيحة. لذلك يلزم للتحقق الرمز والعنوان الذي استلمه معًا.',
        ],
        steps: [
          'لا تفتح الرابط الذي وصلك. اكتب عنوان هذا الموقع بنفسك في متصفحك.',
          'في صفحة التحقق، اكتب رمز الرسالة والعنوان الذي وصلت إليه. نخبرك هل أرسلناها إلى هذا العنوان.',
          'أعطيت كلمة مرور؟ غيّرها فورًا في موقع الحساب، ثم جمّد هويتك.',
        ],
      },
    },
  },

  theft: {
    links: ['protection', 'history', 'not_me', 'report', 'cases', 'ask'],
    text: {
      fr: {
        title: 'Quelqu’un se sert de votre identité',
        says: ['Commencez par tout arrêter. Vous chercherez ensuite ce qui s’est passé.'],
        steps: [
          'Gelez votre identité, dans votre espace. N’importe lequel de vos comptes suffit pour entrer. Toutes les sessions s’arrêtent, et plus aucun service ne reçoit votre identité.',
          'Changez le mot de passe du compte utilisé, sur le site de ce compte.',
          'Regardez l’historique. Chaque connexion y est, avec la date, l’heure et le service. Signalez celles qui ne sont pas de vous.',
          'Nous prévenons le fournisseur du compte et les services concernés, chacun pour sa part. Vous suivez leurs réponses dans votre espace.',
          'Pour dégeler, il faut un autre compte que celui qui est en cause, et attendre un délai. Sans autre compte, un agent vérifie votre identité.',
          'Vous ne pouvez plus entrer du tout ? Signalez-le sans vous identifier, tout de suite.',
        ],
      },
      en: {
        title: 'Somebody is using your identity',
        says: ['Begin by stopping everything. What happened can be looked into afterwards.'],
        steps: [
          'Freeze your identity, in your space. Any of your accounts lets you in for that. All sessions end, and no service receives your identity any more.',
          'Change the password of the account that was used, on the site of that account.',
          'Look at the history. Every sign-in is there, with date, time and service. Report those that were not yours.',
          'We tell the provider of the account and the services concerned, each of its own part. You follow their answers in your space.',
          'To thaw it takes another account than the one in question, and some waiting. Without another account, an agent checks who you are.',
          'You cannot get in at all? Report it without signing in, at once.',
        ],
      },
      ar: {
        title: 'شخص ما يستعمل هويتك',
        says: ['ابدأ بإيقاف كل شيء، ثم ابحث عما حدث.'],
        steps: [
          'جمّد هويتك من فضائك الخاص. يكفي أي حساب من حساباتك للدخول. تنتهي كل الجلسات، ولا تتلقى أي خدمة هويتك بعد ذلك.',
          'غيّر كلمة مرور الحساب المستعمل، في موقع ذلك الحساب.',
          'انظر إلى السجل: فيه كل دخول مع التاريخ والساعة والخدمة. أبلغ عن كل دخول لم يكن منك.',
          'نخطر الجهة التي تدير الحساب والخدمات المعنية، كلًّا بما يخصه. وتتابع أجوبتها في فضائك.',
          'لرفع التجميد يلزم حساب غير الحساب المعني، ومهلة انتظار. وإن لم يكن لديك حساب آخر، يتحقق موظف من هويتك.',
          'لم تعد تستطيع الدخول إطلاقًا؟ أبلغ عن ذلك فورًا من دون تسجيل الدخول.',
        ],
      },
    },
  },

  reported: {
    links: ['cases', 'history', 'protection', 'message'],
    text: {
      fr: {
        title: 'Un service ou un autre organisme a signalé un usage douteux',
        says: [
          'Un service, ou l’organisme qui tient un de vos comptes, nous a dit que quelqu’un se sert peut-être de votre identité. Ce n’est pas encore une preuve.',
          'Notre équipe regarde d’abord. Puis chaque organisme concerné cherche de son côté et nous répond. Vous lisez la réponse dans votre espace. Cela prend en général une à deux semaines.',
        ],
        steps: [
          'Relisez votre historique. Vous reconnaissez tout ? Il n’y a rien d’autre à faire.',
          'Une connexion n’est pas de vous ? Dites-le sur sa page : cela nous aide beaucoup, et sa session se ferme.',
          'Changez le mot de passe du compte concerné, sur le site de ce compte. Tapez vous-même son adresse.',
          'Vous avez un doute ? Bloquez ce compte, ou gelez votre identité. Vous pourrez revenir en arrière.',
          'Utilisez un compte mieux protégé, qui demande deux preuves.',
          'Dans les semaines qui suivent, lisez nos messages et votre historique. Signalez tout nouvel usage.',
          'On vous appelle, ou on vous écrit avec un lien, à ce sujet ? Ne donnez rien. Nos messages n’ont pas de lien, et nous ne demandons jamais de code.',
        ],
      },
      en: {
        title: 'A service or another organisation reported a doubtful use',
        says: [
          'A service, or the organisation that keeps one of your accounts, told us that somebody may be using your identity. That is no proof yet.',
          'Our team looks at it first. Then each organisation concerned searches on its own side and answers us. You read the answer in your space. As a rule that takes one or two weeks.',
        ],
        steps: [
          'Read your history again. You recognise everything? There is nothing else to do.',
          'A sign-in was not yours? Say so on its page: it helps us a lot, and its session ends.',
          'Change the password of the account concerned, on the site of that account. Type its address yourself.',
          'You are not sure? Block that account, or freeze your identity. You can take it back.',
          'Use an account that is better protected, which asks for two proofs.',
          'In the weeks that follow, read our messages and your history. Report any new use.',
          'Somebody calls you about it, or writes to you with a link? Give nothing. Our messages have no link, and we never ask for a code.',
        ],
      },
      ar: {
        title: 'أبلغت خدمة أو جهة أخرى عن استعمال مريب',
        says: [
          'أخبرتنا خدمة، أو الجهة التي تدير أحد حساباتك، أن شخصًا ما قد يستعمل هويتك. ليس ذلك دليلًا بعد.',
          'ينظر فريقنا في الأمر أولًا، ثم تبحث كل جهة معنية من جانبها وتجيبنا. وتقرأ الجواب في فضائك. يستغرق ذلك في الغالب أسبوعًا أو أسبوعين.',
        ],
        steps: [
          'أعد قراءة سجلك. هل تعرف كل ما فيه؟ ليس عليك فعل شيء آخر.',
          'هل هناك دخول لم يكن منك؟ قل ذلك في صفحته: يساعدنا هذا كثيرًا، وتُغلق جلسته.',
          'غيّر كلمة مرور الحساب المعني، في موقع ذلك الحساب. اكتب عنوانه بنفسك.',
          'لديك شك؟ احظر ذلك الحساب أو جمّد هويتك. يمكنك التراجع بعد ذلك.',
          'استعمل حسابًا أقوى حماية يطلب إثباتين.',
          'في الأسابيع التالية اقرأ رسائلنا وسجلك، وأبلغ عن أي استعمال جديد.',
          'هل يتصل بك أحد أو يكتب إليك برابط في هذا الشأن؟ لا تعط شيئًا. رسائلنا بلا روابط، ولا نطلب أي رمز أبدًا.',
        ],
      },
    },
  },

  contacts: {
    links: ['contacts'],
    text: {
      fr: {
        title: 'Gardez vos adresses à jour',
        says: [
          'C’est à ces adresses que nous vous prévenons. Une adresse compte quand vous y avez reçu un code et que vous l’avez tapé ici.',
        ],
        steps: [
          'Donnez-en deux, si vous le pouvez. Si l’une est piratée, l’autre vous prévient.',
          'N’indiquez pas une adresse que d’autres lisent.',
          'Quand une adresse change, l’ancienne et la nouvelle reçoivent un message. Ainsi, personne ne peut vous faire taire sans que vous le sachiez.',
        ],
      },
      en: {
        title: 'Keep your addresses up to date',
        says: [
          'We warn you at these addresses. An address counts once you have received a code there and typed it here.',
        ],
        steps: [
          'Give two of them if you can. If one is taken over, the other one warns you.',
          'Do not give an address that others read.',
          'When an address changes, the old one and the new one get a message. So nobody can silence you without your knowing.',
        ],
      },
      ar: {
        title: 'حدّث عناوينك',
        says: ['إلى هذه العناوين نرسل تنبيهاتنا. يُحتسب العنوان بعد أن يصلك فيه رمز وتكتبه هنا.'],
        steps: [
          'أعطِ عنوانين إن أمكن. إذا اختُرق أحدهما نبّهك الآخر.',
          'لا تعطِ عنوانًا يقرؤه غيرك.',
          'عندما يتغير عنوان، تصل رسالة إلى القديم وإلى الجديد. فلا يستطيع أحد إسكاتك دون علمك.',
        ],
      },
    },
  },

  shared: {
    links: ['sessions'],
    text: {
      fr: {
        title: 'Vous utilisez un appareil partagé',
        says: [
          'À partir de trois personnes, un appareil est partagé : nous ne lui faisons plus confiance, et nous vous signalons vos connexions.',
        ],
        steps: [
          'Déconnectez-vous à la fin, à chaque fois. Fermer l’onglet ne suffit pas.',
          'N’y enregistrez ni mot de passe ni clé d’accès.',
          'Vous avez oublié de vous déconnecter ? Depuis un autre appareil, ouvrez la page de vos sessions et arrêtez-les toutes.',
        ],
      },
      en: {
        title: 'You use a shared device',
        says: [
          'From the third person on, a device is shared: we do not trust it any more, and tell you of your sign-ins.',
        ],
        steps: [
          'Sign out at the end, every time. Closing the tab is not enough.',
          'Save neither a password nor a passkey there.',
          'You forgot to sign out? From another device, open the page of your sessions and end all of them.',
        ],
      },
      ar: {
        title: 'تستعمل جهازًا مشتركًا',
        says: ['ابتداءً من ثلاثة أشخاص يُعدّ الجهاز مشتركًا: لا نثق به بعد ذلك، ونخبرك بعمليات دخولك منه.'],
        steps: [
          'سجّل خروجك في النهاية كل مرة. لا يكفي إغلاق الصفحة.',
          'لا تحفظ فيه كلمة مرور ولا مفتاح مرور.',
          'نسيت تسجيل الخروج؟ من جهاز آخر، افتح صفحة جلساتك وأنهها كلها.',
        ],
      },
    },
  },

  identity: {
    links: [],
    text: {
      fr: {
        title: 'Une information sur vous est fausse',
        says: ['Vos nom, prénoms et naissance viennent du compte que vous utilisez. Nous ne pouvons pas les changer.'],
        steps: [
          'Faites-les corriger par l’organisme qui tient ce compte.',
          'Reconnectez-vous ensuite avec ce compte. La correction est reprise, sauf si un compte plus sûr dit autre chose.',
          'Vous gardez tous vos accès : un service vous reconnaît par un numéro, pas par votre nom.',
        ],
      },
      en: {
        title: 'Something about you is wrong',
        says: ['Your names and your birth come from the account that you use. We cannot change them.'],
        steps: [
          'Have them corrected by the organisation that keeps that account.',
          'Then sign in with that account again. The correction is taken over, unless a more secure account says otherwise.',
          'You keep all your accesses: a service knows you by a number, not by your name.',
        ],
      },
      ar: {
        title: 'معلومة عنك غير صحيحة',
        says: ['اسمك وتاريخ ميلادك ومكانه تأتي من الحساب الذي تستعمله. لا نستطيع تغييرها.'],
        steps: [
          'اطلب تصحيحها من الجهة التي تدير هذا الحساب.',
          'ثم سجّل دخولك به من جديد. يُؤخذ بالتصحيح ما لم يقل حساب أقوى غير ذلك.',
          'تحتفظ بكل حقوق دخولك: فالخدمة تعرفك برقم لا باسمك.',
        ],
      },
    },
  },

  enrol: {
    links: ['activate'],
    text: {
      fr: {
        title: 'Vous n’avez aucun compte qui convienne',
        says: ['Rien ne vous oblige à passer par ici : chaque service propose un autre moyen de connexion.'],
        steps: [
          'Là où un guichet existe, un agent peut vérifier votre identité. Il vous remet un code d’activation.',
          'Tapez ce code ici, dans les 24 heures. Vous choisissez alors une clé d’accès, ou un mot de passe et une application de codes. L’agent ne voit pas ce que vous choisissez.',
        ],
      },
      en: {
        title: 'You have no account that will do',
        says: ['You are not obliged to come this way: every service has another way to sign in.'],
        steps: [
          'Where there is a desk, an agent can check who you are. You are given a code of activation.',
          'Type this code here, within 24 hours. You then choose a passkey, or a password and an application for codes. The agent does not see what you choose.',
        ],
      },
      ar: {
        title: 'ليس لديك حساب مناسب',
        says: ['لا شيء يُلزمك بالمرور من هنا: لكل خدمة طريقة أخرى للدخول.'],
        steps: [
          'حيث يوجد مكتب استقبال، يستطيع موظف التحقق من هويتك ويسلّمك رمز تفعيل.',
          'اكتب هذا الرمز هنا خلال 24 ساعة. ثم تختار مفتاح مرور، أو كلمة مرور وتطبيق رموز. لا يرى الموظف ما تختاره.',
        ],
      },
    },
  },

  lend: {
    links: ['mandates'],
    text: {
      fr: {
        title: 'Une carte ne se prête pas',
        says: [
          'Une carte, un téléphone et leur code disent « c’est moi ». Avec la carte d’un autre, tout ce que vous faites est écrit à son nom. C’est lui qui en répond.',
          'Un appareil qui sert à plusieurs identités se voit. À partir de trois, nous le signalons à qui s’y connecte.',
        ],
        steps: [
          'N’empruntez jamais la carte ou le téléphone d’un dirigeant ou d’un client. N’approuvez jamais une demande à sa place.',
          'Identifiez-vous avec votre propre compte.',
          'Demandez un mandat : le dirigeant dit ici que vous agissez pour son entreprise, et dans quelles limites. Chacun garde sa carte.',
        ],
      },
      en: {
        title: 'A card is not for lending',
        says: [
          'A card, a phone and their code say “it is me”. With the card of somebody else, all that you do is written under their name. They answer for it.',
          'A device that serves for several identities is noticed. From three on, we tell whoever signs in there.',
        ],
        steps: [
          'Never borrow the card or the phone of a manager or a client. Never approve a request in their place.',
          'Sign in with your own account.',
          'Ask for a mandate: the manager says here that you act for the company, and within what limits. Each of you keeps their own card.',
        ],
      },
      ar: {
        title: 'البطاقة لا تُعار',
        says: [
          'البطاقة والهاتف ورمزهما تقول «هذا أنا». ببطاقة غيرك يُسجَّل كل ما تفعله باسمه، وهو المسؤول عنه.',
          'الجهاز الذي يُستعمل لعدة هويات يُلاحَظ. ابتداءً من ثلاث، نخبر بذلك من يدخل منه.',
        ],
        steps: [
          'لا تستعر أبدًا بطاقة مدير أو عميل أو هاتفه، ولا توافق على طلب مكانه.',
          'سجّل دخولك بحسابك أنت.',
          'اطلب توكيلًا: يقول المدير هنا إنك تتصرف باسم شركته، وضمن أي حدود. ويحتفظ كل منكما ببطاقته.',
        ],
      },
    },
  },

  mandates: {
    links: ['own_mandates', 'ask'],
    text: {
      fr: {
        title: 'Donner un mandat',
        says: [
          'Un mandat est un écrit. L’entreprise, le mandant, y donne à un cabinet ou à une personne, le mandataire, le droit d’agir pour elle : sur des services précis, pour des gestes précis, jusqu’à une date.',
          'Chacun garde sa propre identité. Ce qui est fait porte les deux noms : qui a agi, et pour qui.',
        ],
        steps: [
          'Vous êtes représentant légal de l’entreprise : ouvrez vos mandats. Nous vous reconnaissons par le registre, ou par un document que notre équipe a vérifié.',
          'Choisissez à qui vous donnez le mandat. Pour un cabinet, il faut son numéro. Pour une personne, elle vous remet un code pris dans son propre espace.',
          'Cochez ce qui est permis, service par service : consulter, préparer, envoyer, payer. Ce qui n’est pas coché n’est pas permis. Donnez les dates.',
          'Lisez le texte, puis signez-le avec votre carte ou votre application. Un mot de passe ne suffit pas.',
          'Le mandataire le lit et le signe à son tour. Il a 21 jours. Rien n’est ouvert avant les deux signatures.',
          'Vous voyez ensuite chaque utilisation. Vous pouvez suspendre ou révoquer le mandat à tout moment : l’effet est immédiat.',
        ],
      },
      en: {
        title: 'Giving a mandate',
        says: [
          'A mandate is a paper. In it the company, the principal, gives a firm or a person, the mandatary, the right to act for it: at named services, for named acts, up to a date.',
          'Each keeps their own identity. What is done bears both names: who acted, and for whom.',
        ],
        steps: [
          'You are a legal representative of the company: open your mandates. We know you by the register, or by a document that our team checked.',
          'Choose whom you give the mandate to. For a firm you need its number. A person gives you a code taken from their own space.',
          'Tick what is allowed, service by service: read, prepare, submit, pay. What is not ticked is not allowed. Give the dates.',
          'Read the text, then sign it with your card or your app. A password is not enough.',
          'The mandatary reads it and signs in turn. They have 21 days. Nothing opens before both signatures.',
          'From then on you see each use. You can suspend or revoke the mandate at any time: it takes effect at once.',
        ],
      },
      ar: {
        title: 'منح توكيل',
        says: [
          'التوكيل وثيقة مكتوبة. تمنح فيها الشركة، وهي الموكِّل، مكتبًا أو شخصًا، وهو الوكيل، حق التصرف باسمها: في خدمات محددة، ولأعمال محددة، وإلى تاريخ محدد.',
          'ويحتفظ كل منهما بهويته، ويحمل ما يُفعل الاسمين: من تصرّف، ولصالح من.',
        ],
        steps: [
          'أنت ممثل قانوني للشركة: افتح توكيلاتك. نعرفك من السجل، أو من وثيقة تحقق منها فريقنا.',
          'اختر لمن تمنح التوكيل. للمكتب يلزم رقمه. أما الشخص فيسلّمك رمزًا يأخذه من فضائه.',
          'حدّد ما هو مسموح به، خدمةً خدمة: الاطلاع، الإعداد، الإرسال، الدفع. ما لم تحدده غير مسموح به. ثم اكتب التواريخ.',
          'اقرأ النص ثم وقّعه ببطاقتك أو بتطبيقك. كلمة المرور لا تكفي.',
          'يقرؤه الوكيل ويوقّعه بدوره، وأمامه 21 يومًا. لا يُفتح شيء قبل التوقيعين.',
          'بعد ذلك ترى كل استعمال. ويمكنك تعليق التوكيل أو إلغاؤه في أي وقت: يسري ذلك فورًا.',
        ],
      },
    },
  },

  mandate_held: {
    links: ['own_mandates', 'firm'],
    text: {
      fr: {
        title: 'Recevoir un mandat et s’en servir',
        says: [
          'Vous agissez avec votre propre carte ou votre propre compte, même quand le dirigeant est absent. Personne n’a besoin de la carte de personne.',
        ],
        steps: [
          'Le mandat est pour vous : prenez un code dans vos mandats et donnez-le au dirigeant. Ou rédigez le mandat vous-même et proposez-le-lui.',
          'Le mandat est pour votre cabinet : un administrateur du cabinet l’accepte, puis vous confie le client.',
          'Lisez le texte et signez-le. Vous pouvez aussi le refuser, en disant pourquoi.',
          'Au service, identifiez-vous, puis choisissez pour qui vous agissez.',
          'Un geste est refusé ? Le mandat ne le permet pas, ou il est terminé. Vos mandats disent ce qui est permis et jusqu’à quand.',
          'Vous ne voulez plus du mandat ? Vous pouvez y renoncer à tout moment.',
        ],
      },
      en: {
        title: 'Receiving a mandate and using it',
        says: [
          'You act with your own card or your own account, also while the manager is away. Nobody needs anybody’s card.',
        ],
        steps: [
          'The mandate is for you: take a code from your mandates and give it to the manager. Or draft the mandate yourself and propose it to them.',
          'The mandate is for your firm: an administrator of the firm accepts it, then gives you the client.',
          'Read the text and sign it. You may also refuse it, and say why.',
          'At the service, sign in, then choose for whom you act.',
          'Something is refused? The mandate does not allow it, or it is over. Your mandates say what is allowed and until when.',
          'You do not want the mandate any more? You can renounce it at any time.',
        ],
      },
      ar: {
        title: 'تلقي توكيل واستعماله',
        says: ['تتصرف ببطاقتك أو بحسابك أنت، حتى في غياب المدير. لا أحد يحتاج إلى بطاقة غيره.'],
        steps: [
          'التوكيل لك: خذ رمزًا من توكيلاتك وأعطه للمدير. أو حرّر التوكيل بنفسك واقترحه عليه.',
          'التوكيل لمكتبك: يقبله مسؤول في المكتب، ثم يعهد إليك بالعميل.',
          'اقرأ النص ووقّعه. ويمكنك أيضًا رفضه مع ذكر السبب.',
          'في الخدمة، سجّل دخولك ثم اختر لمن تتصرف.',
          'رُفض عمل؟ إما أن التوكيل لا يسمح به أو أنه انتهى. تقول توكيلاتك ما هو مسموح به وإلى متى.',
          'لم تعد تريد التوكيل؟ يمكنك التنازل عنه في أي وقت.',
        ],
      },
    },
  },

  deadline: {
    links: ['status', 'errors', 'ask'],
    text: {
      fr: {
        title: 'Une déclaration à faire aujourd’hui, et la connexion échoue',
        says: ['Gardez votre calme : il y a presque toujours un autre chemin.'],
        steps: [
          'Lisez le code de la page : un G et quatre chiffres. Cherchez-le dans la liste des codes. Elle dit d’où vient la panne et quoi faire.',
          'Regardez la page des pannes. Si votre compte y est, prenez un autre compte à votre nom.',
          'Aucun compte ne marche ? Revenez au service : il propose un autre moyen de connexion.',
          'Notez l’heure et le code entier de la page. Ils vous serviront si vous devez expliquer un retard.',
        ],
      },
      en: {
        title: 'A declaration is due today, and signing in fails',
        says: ['Keep calm: there is nearly always another way.'],
        steps: [
          'Read the code on the page: a G and four digits. Look it up in the list of codes. It says where the fault is and what to do.',
          'Look at the page of outages. If your account is on it, take another account in your own name.',
          'No account works? Go back to the service: it has another way to sign in.',
          'Note the time and the whole code of the page. They will help if you have to explain a delay.',
        ],
      },
      ar: {
        title: 'تصريح موعده اليوم، والدخول لا ينجح',
        says: ['لا تقلق: هناك في الغالب طريق آخر.'],
        steps: [
          'اقرأ رمز الصفحة: حرف \u2068G\u2069 وأربعة أرقام. ابحث عنه في قائمة الرموز: تبيّن مصدر العطل وما العمل.',
          'انظر إلى صفحة الأعطال. إذا كان حسابك فيها فاستعمل حسابًا آخر باسمك.',
          'لا يعمل أي حساب؟ عُد إلى الخدمة: لديها طريقة أخرى للدخول.',
          'سجّل الساعة والرمز الكامل للصفحة. سيفيدانك إذا اضطررت إلى تفسير تأخير.',
        ],
      },
    },
  },

  absent: {
    links: ['mandates', 'means'],
    text: {
      fr: {
        title: 'Le dirigeant est absent',
        says: ['Personne ne peut s’identifier à sa place. Cela se prépare donc avant.'],
        steps: [
          'Demandez au service d’ouvrir un accès à une seconde personne, avec sa propre identité.',
          'Que chacun ait deux comptes, ou deux moyens : si l’un tombe en panne, l’autre reste.',
          'Ou donnez un mandat tant que le dirigeant est là : il servira en son absence.',
        ],
      },
      en: {
        title: 'The manager is away',
        says: ['Nobody can sign in in their place. So this is prepared beforehand.'],
        steps: [
          'Ask the service to open an access for a second person, with their own identity.',
          'Let everybody have two accounts, or two means: if one fails, the other one is left.',
          'Or give a mandate while the manager is there: it serves while they are away.',
        ],
      },
      ar: {
        title: 'المدير غائب',
        says: ['لا يستطيع أحد أن يدخل مكانه. لذلك يجب الاستعداد مسبقًا.'],
        steps: [
          'اطلب من الخدمة فتح حق دخول لشخص ثانٍ بهويته هو.',
          'ليكن لكل واحد حسابان أو وسيلتان: إذا تعطلت إحداهما بقيت الأخرى.',
          'أو امنح توكيلًا ما دام المدير حاضرًا: سيصلح في غيابه.',
        ],
      },
    },
  },

  colleagues: {
    links: [],
    text: {
      fr: {
        title: 'Chaque collaborateur, sa propre identité',
        says: ['Un compte partagé du cabinet ne prouve l’identité de personne. Ici, chacun s’identifie en son nom.'],
        steps: [
          'Chaque collaborateur prend son propre compte. Nous ne disons pas à ce compte quel service il ouvre.',
          'C’est le service qui décide de ce que chacun peut y faire, et pour quel client.',
          'Un collaborateur s’en va ? Retirez-lui ses accès dans chaque service. Nous ne les connaissons pas.',
        ],
      },
      en: {
        title: 'Each colleague with their own identity',
        says: [
          'A shared account of the firm proves the identity of nobody. Here, everybody signs in under their own name.',
        ],
        steps: [
          'Each colleague takes their own account. We do not tell that account which service it opens.',
          'The service decides what each of them may do there, and for which client.',
          'A colleague leaves? Take away their accesses in each service. We do not know them.',
        ],
      },
      ar: {
        title: 'لكل زميل هويته',
        says: ['حساب مشترك للمكتب لا يثبت هوية أحد. هنا يدخل كل واحد باسمه.'],
        steps: [
          'يستعمل كل زميل حسابه الخاص. ونحن لا نخبر ذلك الحساب بالخدمة التي يفتحها.',
          'الخدمة هي التي تقرر ما يستطيع كل واحد فعله فيها، ولأي عميل.',
          'غادر أحد الزملاء؟ اسحب حقوق دخوله من كل خدمة، فنحن لا نعرفها.',
        ],
      },
    },
  },

  card: {
    links: ['status'],
    text: {
      fr: {
        title: 'Carte ou application : les mêmes droits',
        says: ['La carte de professionnel et son application ouvrent les mêmes services, avec les mêmes droits.'],
        steps: [
          'Vous avez oublié votre carte ? Prenez l’application, ou l’inverse.',
          'Approcher la carte ne suffit pas pour un service en ligne : insérez-la dans un lecteur et tapez son code.',
          'Le code de la carte est bloqué ? Voyez l’organisme qui l’a remise.',
        ],
      },
      en: {
        title: 'Card or application: the same rights',
        says: ['The card of a professional and its application open the same services, with the same rights.'],
        steps: [
          'You forgot your card? Take the application, or the other way round.',
          'Holding the card close is not enough for an online service: put it into a reader and type its code.',
          'The code of the card is blocked? See the organisation that issued it.',
        ],
      },
      ar: {
        title: 'البطاقة أو التطبيق: الحقوق نفسها',
        says: ['بطاقة المهني وتطبيقها يفتحان الخدمات نفسها بالحقوق نفسها.'],
        steps: [
          'نسيت بطاقتك؟ استعمل التطبيق، أو العكس.',
          'تقريب البطاقة لا يكفي لخدمة على الإنترنت: أدخلها في قارئ واكتب رمزها.',
          'رمز البطاقة موقوف؟ راجع الجهة التي أصدرتها.',
        ],
      },
    },
  },

  register: {
    links: [],
    text: {
      fr: {
        title: 'Vos données professionnelles viennent du registre',
        says: [
          'Votre identifiant national, votre profession et vos lieux d’exercice viennent du registre national. Nous ne pouvons pas les changer.',
        ],
        steps: [
          'Une erreur ? Faites-la corriger par votre ordre, ou par l’autorité qui vous a inscrit.',
          'La correction arrive ici avec la mise à jour suivante du registre.',
          'Vous n’y êtes pas encore ? Votre compte professionnel ne peut pas servir avant votre inscription.',
        ],
      },
      en: {
        title: 'Your professional data come from the register',
        says: [
          'Your national identifier, your profession and your places of work come from the national register. We cannot change them.',
        ],
        steps: [
          'A mistake? Have it corrected by your professional body, or by the authority that registered you.',
          'The correction arrives here with the next edition of the register.',
          'You are not in it yet? Your professional account cannot be used before you are registered.',
        ],
      },
      ar: {
        title: 'بياناتك المهنية تأتي من السجل الوطني',
        says: ['معرّفك الوطني ومهنتك وأماكن عملك تأتي من السجل الوطني. لا نستطيع تغييرها.'],
        steps: [
          'هناك خطأ؟ اطلب تصحيحه من هيئتك المهنية، أو من الجهة التي سجّلتك.',
          'يصل التصحيح إلى هنا مع التحديث التالي للسجل.',
          'لست مسجّلًا بعد؟ لا يمكن استعمال حسابك المهني قبل تسجيلك.',
        ],
      },
    },
  },

  two_lives: {
    links: [],
    text: {
      fr: {
        title: 'Professionnel et particulier : deux identités',
        says: [
          'Pour nous, vous êtes une personne au travail et une autre chez vous. L’une n’ouvre pas les services de l’autre, et personne ne les rapproche.',
        ],
        steps: [
          'Un service pour les professionnels demande votre compte professionnel.',
          'Un service pour les particuliers demande un compte de particulier.',
        ],
      },
      en: {
        title: 'At work and at home: two identities',
        says: [
          'To us you are one person at work and another one at home. One does not open the services of the other, and nobody puts them together.',
        ],
        steps: [
          'A service for professionals asks for your professional account.',
          'A service for private life asks for a private account.',
        ],
      },
      ar: {
        title: 'في العمل وفي البيت: هويتان',
        says: ['أنت عندنا شخص في العمل وشخص آخر في حياتك الخاصة. لا تفتح إحداهما خدمات الأخرى، ولا يربط أحد بينهما.'],
        steps: ['الخدمة المخصصة للمهنيين تطلب حسابك المهني.', 'الخدمة المخصصة للأفراد تطلب حسابًا شخصيًا.'],
      },
    },
  },
} as const satisfies Record<string, Chapter>

export type ChapterName = keyof typeof chapters

/** What happens to whom, what hurts most first. */
export const chaptersOf: Record<Audience, readonly ChapterName[]> = {
  citizen: [
    ...(['theft', 'alert', 'reported', 'message', 'lost', 'unavailable', 'choose'] as const),
    ...(['level', 'abroad', 'contacts', 'shared', 'identity', 'enrol'] as const),
  ],
  payroll: [
    ...(['deadline', 'unavailable', 'lend', 'mandate_held', 'mandates', 'absent', 'choose', 'level'] as const),
    ...(['lost', 'shared', 'alert', 'reported', 'message'] as const),
  ],
  'small-company': [
    'choose',
    'deadline',
    'unavailable',
    'lend',
    'mandates',
    'mandate_held',
    'absent',
    'lost',
    'alert',
    'reported',
    'message',
    'contacts',
    'theft',
  ],
  'accounting-firm': [
    'lend',
    'mandate_held',
    'mandates',
    'colleagues',
    'deadline',
    'unavailable',
    'level',
    'shared',
    'lost',
    'alert',
    'reported',
    'message',
    'theft',
  ],
  professional: [
    'card',
    'two_lives',
    'register',
    'unavailable',
    'level',
    'lost',
    'shared',
    'alert',
    'reported',
    'message',
    'theft',
  ],
}

/** A page on which a chapter stands, and its place there. */
export function placeOf(chapter: ChapterName): string {
  const [audience] = Object.entries(chaptersOf).find(([, names]) => names.includes(chapter)) ?? ['citizen']
  return `/help/${audience}#${chapter}`
}
