/** What is said to who signs in from a country where the service asks for more, or is closed. */
import type { Messages } from '../http/messages.ts'

export const abroadMessages: Messages = {
  fr: {
    'notice.abroad': 'De là où vous êtes, ce service demande une preuve de plus',
    'notice.abroad.text':
      'Rien n’a été transmis. Recommencez avec ce qui est demandé ci-dessous, avec ce compte s’il le permet ou avec un autre.',
    'abroad.somewhere': 'un pays que nous ne reconnaissons pas',
    'abroad.home': 'ceux où ce service s’ouvre simplement',
    'abroad.ahead.two_factors':
      'Vous vous connectez depuis : {country}. De là, {service} demande deux preuves, par exemple un mot de passe et un téléphone, à chaque connexion.',
    'abroad.ahead.eidas2':
      'Vous vous connectez depuis : {country}. De là, {service} demande un compte de niveau substantiel, à chaque connexion.',
    'abroad.ahead.eidas3':
      'Vous vous connectez depuis : {country}. De là, {service} demande un compte de niveau élevé, à chaque connexion.',
    'abroad.ahead.exempt_only':
      'Vous vous connectez depuis : {country}. De là, {service} ne s’ouvre pas, sauf exception.',
    'abroad.ahead.trusted_device':
      'Cela ne vous concerne pas sur un appareil où vous vous êtes déjà connecté dans un de ces pays : {countries}.',
    'abroad.ahead.declared_trip': 'Ni pendant un voyage que vous avez déclaré.',
    'abroad.declare': 'Déclarer un voyage',
    'abroad.closed': '{service} ne s’ouvre pas depuis : {country}',
    'abroad.closed.unknown': '{service} ne s’ouvre pas de là où vous êtes',
    'abroad.closed.text': 'Ce n’est pas de votre faute, et rien n’a été transmis.',
    'abroad.seen':
      'Le réseau que vous utilisez se trouve, d’après nos tables, ici : {country}. Ce service limite les pays d’où l’on s’y connecte.',
    'abroad.seen.unknown':
      'Nos tables ne disent pas dans quel pays se trouve le réseau que vous utilisez. Ce service limite les pays d’où l’on s’y connecte.',
    'abroad.why': 'Ce qu’en dit {service}',
    'abroad.ways': 'Ce que vous pouvez faire',
    'abroad.way.trusted_device': 'Prendre un appareil à vous',
    'abroad.way.trusted_device.text':
      'Un ordinateur ou un téléphone où vous vous êtes connecté, ces trois derniers mois, dans un de ces pays : {countries}. Avec lui, le service s’ouvre aussi d’ici.',
    'abroad.way.declared_trip': 'Déclarer votre voyage',
    'abroad.way.declared_trip.text':
      'Dites dans votre espace où vous êtes, et jusqu’à quand. D’ici, il faut vous y connecter avec deux preuves, au niveau substantiel ou élevé. Vous revenez ensuite à cette page.',
    'abroad.way.service': 'Passer par un autre accès du service',
    'abroad.way.service.text': 'Un guichet, le téléphone, un courrier : {service} dit sur son site comment le joindre.',
    'abroad.way.service.go': 'Aller sur le site de {service}',
    'abroad.wrong': 'Ce pays n’est pas le bon ?',
    'abroad.wrong.text':
      'Un VPN, un relais de confidentialité, le réseau d’une entreprise ou un téléphone étranger montrent un autre pays que celui où vous êtes. Coupez le VPN ou prenez un autre réseau, puis réessayez.',
    'abroad.wrong.again': 'Réessayer maintenant',
    'abroad.wrong.support': 'Vous n’avez rien de tout cela ? Écrivez-nous, la référence est déjà remplie.',
    'abroad.wrong.ask': 'Demander de l’aide',
  },
  en: {
    'notice.abroad': 'From where you are, this service asks for one more proof',
    'notice.abroad.text':
      'Nothing was passed on. Try again with what is asked below, with this account if it allows it or with another one.',
    'abroad.somewhere': 'a country that we cannot tell',
    'abroad.home': 'those where this service simply opens',
    'abroad.ahead.two_factors':
      'You are connecting from: {country}. From there {service} asks for two proofs, such as a password and a phone, at each sign-in.',
    'abroad.ahead.eidas2':
      'You are connecting from: {country}. From there {service} asks for an account of the substantial level, at each sign-in.',
    'abroad.ahead.eidas3':
      'You are connecting from: {country}. From there {service} asks for an account of the high level, at each sign-in.',
    'abroad.ahead.exempt_only':
      'You are connecting from: {country}. From there {service} does not open, with exceptions.',
    'abroad.ahead.trusted_device':
      'This does not concern you on a device on which you have signed in before in one of these countries: {countries}.',
    'abroad.ahead.declared_trip': 'Nor during a trip that you declared.',
    'abroad.declare': 'Declare a trip',
    'abroad.closed': '{service} does not open from: {country}',
    'abroad.closed.unknown': '{service} does not open from where you are',
    'abroad.closed.text': 'It is not your fault, and nothing was passed on.',
    'abroad.seen':
      'The network that you use is here, by our tables: {country}. This service limits the countries from which people sign in.',
    'abroad.seen.unknown':
      'Our tables do not say in which country the network is that you use. This service limits the countries from which people sign in.',
    'abroad.why': 'What {service} says of it',
    'abroad.ways': 'What you can do',
    'abroad.way.trusted_device': 'Take a device of yours',
    'abroad.way.trusted_device.text':
      'A computer or phone on which you signed in, in the last three months, in one of these countries: {countries}. With it the service opens from here too.',
    'abroad.way.declared_trip': 'Declare your trip',
    'abroad.way.declared_trip.text':
      'Say in your space where you are, and until when. From here, signing in there takes two proofs, at the substantial or the high level. You then come back to this page.',
    'abroad.way.service': 'Go another way of the service',
    'abroad.way.service.text': 'A desk, the telephone, a letter: {service} says on its site how to reach it.',
    'abroad.way.service.go': 'Go to the site of {service}',
    'abroad.wrong': 'Is the country wrong?',
    'abroad.wrong.text':
      'A VPN, a privacy relay, the network of a company or a foreign phone show another country than the one you are in. Turn the VPN off or take another network, then try again.',
    'abroad.wrong.again': 'Try again now',
    'abroad.wrong.support': 'You have none of these? Write to us; the reference is filled in already.',
    'abroad.wrong.ask': 'Ask for help',
  },
  ar: {
    'notice.abroad': 'من المكان الذي أنت فيه، تطلب هذه الخدمة إثباتًا إضافيًا',
    'notice.abroad.text': 'لم يُرسَل أي شيء. أعد المحاولة بما هو مطلوب أدناه، بهذا الحساب إن كان يسمح بذلك أو بحساب آخر.',
    'abroad.somewhere': 'بلد لا نعرفه',
    'abroad.home': 'البلدان التي تُفتح فيها هذه الخدمة مباشرة',
    'abroad.ahead.two_factors':
      'أنت تتصل من: {country}. من هناك تطلب {service} إثباتين، مثل كلمة مرور وهاتف، في كل عملية دخول.',
    'abroad.ahead.eidas2': 'أنت تتصل من: {country}. من هناك تطلب {service} حسابًا بالمستوى المعتبر في كل عملية دخول.',
    'abroad.ahead.eidas3': 'أنت تتصل من: {country}. من هناك تطلب {service} حسابًا بالمستوى العالي في كل عملية دخول.',
    'abroad.ahead.exempt_only': 'أنت تتصل من: {country}. من هناك لا تُفتح {service} إلا استثناءً.',
    'abroad.ahead.trusted_device': 'لا يعنيك ذلك على جهاز سبق أن سجّلت الدخول به في أحد هذه البلدان: {countries}.',
    'abroad.ahead.declared_trip': 'ولا أثناء سفر صرّحت به.',
    'abroad.declare': 'التصريح بسفر',
    'abroad.closed': 'لا تُفتح {service} من: {country}',
    'abroad.closed.unknown': 'لا تُفتح {service} من المكان الذي أنت فيه',
    'abroad.closed.text': 'ليس ذلك بسببك، ولم يُرسَل أي شيء.',
    'abroad.seen':
      'الشبكة التي تستعملها موجودة، حسب جداولنا، في: {country}. تحدّ هذه الخدمة البلدان التي يمكن الدخول منها.',
    'abroad.seen.unknown':
      'لا تبيّن جداولنا في أي بلد توجد الشبكة التي تستعملها. تحدّ هذه الخدمة البلدان التي يمكن الدخول منها.',
    'abroad.why': 'ما تقوله {service} عن ذلك',
    'abroad.ways': 'ما يمكنك فعله',
    'abroad.way.trusted_device': 'استعمال جهاز لك',
    'abroad.way.trusted_device.text':
      'حاسوب أو هاتف سجّلت الدخول به، خلال الأشهر الثلاثة الأخيرة، في أحد هذه البلدان: {countries}. به تُفتح الخدمة من هنا أيضًا.',
    'abroad.way.declared_trip': 'التصريح بسفرك',
    'abroad.way.declared_trip.text':
      'قل في فضائك أين أنت وإلى متى. من هنا يلزم أن تسجّل الدخول إليه بإثباتين، بالمستوى المعتبر أو العالي. ثم تعود إلى هذه الصفحة.',
    'abroad.way.service': 'سلوك طريق آخر إلى الخدمة',
    'abroad.way.service.text': 'شبّاك أو هاتف أو رسالة: تبيّن {service} في موقعها كيفية الاتصال بها.',
    'abroad.way.service.go': 'الذهاب إلى موقع {service}',
    'abroad.wrong': 'هل البلد غير صحيح؟',
    'abroad.wrong.text':
      'شبكة VPN أو خدمة لإخفاء العنوان أو شبكة شركة أو هاتف أجنبي قد تُظهر بلدًا غير الذي أنت فيه. أوقف VPN أو استعمل شبكة أخرى ثم أعد المحاولة.',
    'abroad.wrong.again': 'إعادة المحاولة الآن',
    'abroad.wrong.support': 'ليس لديك شيء من هذا؟ اكتب إلينا، فالمرجع مُدخَل مسبقًا.',
    'abroad.wrong.ask': 'طلب المساعدة',
  },
}
