import type { DemoPerson } from './types.ts';

/** The admin and the three instructors. The first instructor's address is one of the advertised demo accounts. */
const demoStaff: DemoPerson[] = [
  {
    email: 'admin@example.com',
    name: 'Adaeze Okonkwo',
    role: 'admin',
    locale: 'en',
    timeZone: 'Africa/Lagos',
    joinedDaysAgo: 420,
  },
  {
    email: 'instructor@example.com',
    name: 'Ingrid Sørensen-Voß',
    role: 'instructor',
    locale: 'en',
    timeZone: 'Europe/Berlin',
    joinedDaysAgo: 410,
  },
  {
    email: 'youssef.mansouri@example.org',
    name: 'يوسف المنصوري',
    role: 'instructor',
    locale: 'ar',
    timeZone: 'Africa/Casablanca',
    joinedDaysAgo: 400,
  },
  {
    email: 'yumi.tanaka@example.org',
    name: '田中 由美',
    role: 'instructor',
    locale: 'ja',
    timeZone: 'Asia/Tokyo',
    joinedDaysAgo: 395,
  },
];

type StudentRow = [email: string, name: string, locale: string, timeZone: string, joinedDaysAgo: number];

// A table, because forty objects of six lines each can't be read at a glance. The names cover the scripts and lengths
// that certificates and lists must bear: diacritics, right to left, no spaces, one word, very long.
// oxfmt-ignore
const studentRows: StudentRow[] = [
  ['student@example.com', 'Zoë Lindqvist', 'en', 'Europe/Stockholm', 180],
  ['aiko.yamamoto@example.com', '山本 愛子', 'ja', 'Asia/Tokyo', 175],
  ['kenji.sato@example.com', '佐藤 健二', 'ja', 'Asia/Tokyo', 172],
  ['haruka.suzuki@example.org', '鈴木 はるか', 'ja', 'Asia/Tokyo', 90],
  ['li.xiaoming@example.com', '李晓明', 'zh-Hans', 'Asia/Shanghai', 168],
  ['chen.yating@example.org', '陳雅婷', 'zh-Hant', 'Asia/Taipei', 61],
  ['kim.minseo@example.com', '김민서', 'ko', 'Asia/Seoul', 120],
  ['layla.haddad@example.com', 'ليلى حداد', 'ar', 'Asia/Beirut', 165],
  ['omar.farouk@example.com', 'عمر فاروق عبد الرحمن', 'ar', 'Africa/Cairo', 160],
  ['fatima.zahra@example.org', 'فاطمة الزهراء بنعلي', 'ar', 'Africa/Casablanca', 75],
  ['noa.levi@example.com', 'נועה לוי', 'he', 'Asia/Jerusalem', 150],
  ['david.benami@example.org', 'דוד בן־עמי', 'he', 'Asia/Jerusalem', 48],
  ['olena.kovalenko@example.com', 'Олена Коваленко', 'uk', 'Europe/Kyiv', 145],
  ['dmitri.volkov@example.com', 'Дмитрий Алексеевич Волков', 'ru', 'Asia/Almaty', 140],
  ['milica.jovanovic@example.org', 'Милица Јовановић', 'sr', 'Europe/Belgrade', 66],
  ['eleni.papadopoulou@example.com', 'Ελένη Παπαδοπούλου', 'el', 'Europe/Athens', 138],
  ['nikos.georgiou@example.org', 'Νίκος Γεωργίου', 'el', 'Asia/Nicosia', 52],
  ['jurgen.muller@example.com', 'Jürgen Müller', 'de', 'Europe/Berlin', 170],
  ['annika.gross@example.com', 'Annika Groß', 'de', 'Europe/Vienna', 133],
  ['lukas.baumgartner@example.org', 'Lukas Baumgärtner', 'de', 'Europe/Zurich', 85],
  ['maria.garcia@example.com', 'María José García Peña', 'es', 'Europe/Madrid', 158],
  ['santiago.munoz@example.com', 'Santiago Muñoz Ibáñez', 'es-MX', 'America/Mexico_City', 130],
  ['valentina.rojas@example.org', 'Valentina Rojas', 'es-CO', 'America/Bogota', 57],
  ['amelie.dubois@example.com', 'Amélie Dubois', 'fr', 'Europe/Paris', 155],
  ['francois.lefevre@example.com', 'François-Xavier Lefèvre', 'fr', 'America/Montreal', 110],
  ['aissatou.diallo@example.org', 'Aïssatou Diallo', 'fr', 'Africa/Dakar', 73],
  ['joao.conceicao@example.com', 'João da Conceição', 'pt-BR', 'America/Sao_Paulo', 125],
  ['nguyen.thi.hanh@example.com', 'Nguyễn Thị Hạnh', 'vi', 'Asia/Ho_Chi_Minh', 118],
  ['lukasz.wisniewski@example.com', 'Łukasz Wiśniewski', 'pl', 'Europe/Warsaw', 115],
  ['dvorakova@example.org', 'Kateřina Dvořáková', 'cs', 'Europe/Prague', 80],
  ['ayse.yilmaz@example.com', 'Ayşe Yılmaz', 'tr', 'Europe/Istanbul', 108],
  ['gudrun@example.org', 'Guðrún Þórsdóttir', 'is', 'Atlantic/Reykjavik', 64],
  ['suharyanto@example.com', 'Suharyanto', 'id', 'Asia/Jakarta', 102],
  ['priya.raman@example.com', 'Priya Raman', 'en-IN', 'Asia/Kolkata', 148],
  ['arjun.sharma@example.org', 'अर्जुन शर्मा', 'hi', 'Asia/Kolkata', 44],
  ['chidi.eze@example.com', 'Chidi Ẹzẹ̀kwésílì', 'en', 'Africa/Lagos', 96],
  ['siobhan.obrien@example.com', "Siobhán O'Brien", 'en-IE', 'Europe/Dublin', 143],
  ['kahu.ngata@example.org', 'Kahurangi Ngata', 'en-NZ', 'Pacific/Auckland', 39],
  ['pablo@example.org', 'Pablo Diego José Francisco de Paula Juan Nepomuceno Crispín Crispiniano de la Santísima Trinidad Ruiz', 'es', 'Europe/Madrid', 92],
  ['jackson.whitefeather@example.com', 'Jackson Whitefeather', 'en-US', 'America/Denver', 30],
];

const demoStudents: DemoPerson[] = studentRows.map(([email, name, locale, timeZone, joinedDaysAgo]) => ({
  email,
  name,
  role: 'student',
  locale,
  timeZone,
  joinedDaysAgo,
}));

export const demoPeople: DemoPerson[] = [...demoStaff, ...demoStudents];
