//! What shoppers write where the checklist asks for a whole story: put together by chance from parts, so that no two
//! shoppers tell the same one.

use super::dice::Dice;

/// The parts of a story, in their order: a story has one of each.
type Parts = [[&'static str; 5]; 7];

/// A story in this language; in English where there are none.
pub(super) fn summary(language: &str, dice: &mut Dice) -> String {
    let parts = match language {
        "fr" => &FRENCH,
        "ru" => &RUSSIAN,
        "bg" => &BULGARIAN,
        "tr" => &TURKISH,
        _ => &ENGLISH,
    };
    parts.iter().filter_map(|part| dice.one_of(part).copied()).collect::<Vec<_>>().join(" ")
}

static ENGLISH: Parts = [
    [
        "I came in at noon",
        "I came in on my way home",
        "I came with a friend",
        "I came in out of the rain",
        "I came early in the morning",
    ],
    [
        "and ordered a flat white",
        "and asked for a pot of green tea",
        "and took a double espresso",
        "and chose a hot chocolate",
        "and had a large filter coffee",
    ],
    [
        "with a slice of carrot cake.",
        "with a cheese sandwich.",
        "with an almond croissant.",
        "with a bowl of soup.",
        "with two small biscuits.",
    ],
    [
        "It was ready in four minutes,",
        "It took a quarter of an hour,",
        "It came before I had paid,",
        "It was brought after seven minutes,",
        "It stood on the counter at once,",
    ],
    [
        "and I sat by the window,",
        "and I sat near the door,",
        "and I stood at the bar,",
        "and I found a chair upstairs,",
        "and I shared the long table,",
    ],
    [
        "where it was warm and quiet.",
        "where the music was too loud.",
        "where nobody had wiped up.",
        "where I could watch the counter.",
        "where the chairs were new.",
    ],
    [
        "The person who served me wished me a good day.",
        "When I left, nobody looked up.",
        "The receipt came without my asking.",
        "I would bring my parents here.",
        "They let me taste the new syrup.",
    ],
];

static FRENCH: Parts = [
    [
        "Je suis entrée à midi",
        "Je suis venue en rentrant du travail",
        "Je suis venue avec une amie",
        "Je me suis abritée de la pluie",
        "Je suis arrivée tôt le matin",
    ],
    [
        "et j’ai commandé un café crème",
        "et j’ai demandé un thé vert",
        "et j’ai pris un double expresso",
        "et j’ai choisi un chocolat chaud",
        "et j’ai bu un grand café filtre",
    ],
    [
        "avec une part de tarte aux pommes.",
        "avec un sandwich au fromage.",
        "avec un croissant aux amandes.",
        "avec un bol de soupe.",
        "avec deux petits biscuits.",
    ],
    [
        "Tout était prêt en quatre minutes,",
        "Il a fallu un quart d’heure,",
        "Tout est arrivé avant l’addition,",
        "On m’a servie au bout de sept minutes,",
        "Le plateau m’attendait déjà,",
    ],
    [
        "et je me suis assise près de la vitrine,",
        "et je me suis assise à côté de la porte,",
        "et je suis restée au comptoir,",
        "et j’ai trouvé une chaise à l’étage,",
        "et j’ai partagé la grande table,",
    ],
    [
        "où il faisait bon.",
        "où la musique était trop forte.",
        "où personne n’avait essuyé.",
        "d’où je voyais le comptoir.",
        "où les chaises étaient neuves.",
    ],
    [
        "En partant, on m’a souhaité une bonne journée.",
        "Quand je suis sortie, personne n’a levé les yeux.",
        "Le ticket m’a été remis d’office.",
        "J’y amènerais volontiers mes parents.",
        "On m’a fait goûter le nouveau sirop.",
    ],
];

static RUSSIAN: Parts = [
    [
        "Я зашёл в полдень",
        "Я зашёл по дороге с работы",
        "Я пришёл с другом",
        "Я зашёл переждать дождь",
        "Я пришёл рано утром",
    ],
    [
        "и заказал большой капучино",
        "и попросил чайник зелёного чая",
        "и взял двойной эспрессо",
        "и выбрал горячий шоколад",
        "и выпил чашку чёрного кофе",
    ],
    [
        "с куском морковного торта.",
        "с бутербродом с сыром.",
        "с миндальным круассаном.",
        "с тарелкой супа.",
        "с двумя маленькими печеньями.",
    ],
    [
        "Всё было готово за четыре минуты,",
        "Ждать пришлось четверть часа,",
        "Заказ принесли раньше, чем я заплатил,",
        "Подали через семь минут,",
        "Поднос уже стоял на стойке,",
    ],
    [
        "я сел у окна,",
        "я сел возле двери,",
        "я остался у стойки,",
        "я нашёл стул на втором этаже,",
        "я подсел за длинный стол,",
    ],
    [
        "где было тепло и тихо.",
        "где музыка играла слишком громко.",
        "где никто не вытер стол.",
        "откуда была видна вся стойка.",
        "где стояли новые стулья.",
    ],
    [
        "На прощание мне пожелали хорошего дня.",
        "Когда я уходил, никто не поднял глаз.",
        "Чек дали без напоминания.",
        "Сюда я привёл бы родителей.",
        "Мне дали попробовать новый сироп.",
    ],
];

static BULGARIAN: Parts = [
    [
        "Влязох по обяд",
        "Влязох на път от работа",
        "Дойдох с приятел",
        "Влязох да се скрия от дъжда",
        "Дойдох рано сутринта",
    ],
    [
        "и поръчах голямо капучино",
        "и помолих за чайник зелен чай",
        "и взех двойно еспресо",
        "и избрах горещ шоколад",
        "и пих голямо кафе",
    ],
    [
        "с парче морковена торта.",
        "със сандвич със сирене.",
        "с бадемов кроасан.",
        "с купа супа.",
        "с две малки бисквити.",
    ],
    [
        "Всичко беше готово за четири минути,",
        "Чаках четвърт час,",
        "Донесоха го, преди да платя,",
        "Сервираха ми след седем минути,",
        "Подносът вече беше на бара,",
    ],
    [
        "седнах до прозореца,",
        "седнах близо до вратата,",
        "останах на бара,",
        "намерих стол на горния етаж,",
        "седнах на дългата маса,",
    ],
    [
        "където беше топло и тихо.",
        "където музиката беше твърде силна.",
        "където никой не беше избърсал.",
        "откъдето се виждаше целият бар.",
        "където столовете бяха нови.",
    ],
    [
        "На тръгване ми пожелаха хубав ден.",
        "Когато си тръгнах, никой не вдигна поглед.",
        "Дадоха ми касовата бележка, без да я искам.",
        "Тук бих довел родителите си.",
        "Дадоха ми да опитам новия сироп.",
    ],
];

static TURKISH: Parts = [
    [
        "Öğlen uğradım",
        "İş çıkışı uğradım",
        "Bir arkadaşımla geldim",
        "Yağmurdan kaçıp girdim",
        "Sabah erkenden geldim",
    ],
    [
        "ve büyük bir kapuçino söyledim,",
        "ve bir demlik yeşil çay istedim,",
        "ve duble espresso aldım,",
        "ve sıcak çikolata seçtim,",
        "ve büyük boy filtre kahve içtim,",
    ],
    [
        "yanında havuçlu kek vardı.",
        "yanında peynirli sandviç vardı.",
        "yanında bademli kruvasan vardı.",
        "yanında bir kâse çorba vardı.",
        "yanında iki küçük bisküvi vardı.",
    ],
    [
        "Hepsi dört dakikada hazırdı,",
        "On beş dakika bekledim,",
        "Hesabı ödemeden önce geldi,",
        "Yedi dakika sonra getirdiler,",
        "Tepsi tezgâhta beni bekliyordu,",
    ],
    [
        "pencere kenarına oturdum,",
        "kapının yanına oturdum,",
        "tezgâhın başında kaldım,",
        "üst katta bir sandalye buldum,",
        "uzun masaya oturdum,",
    ],
    [
        "orası sıcak ve sessizdi.",
        "orada müzik çok yüksekti.",
        "orayı kimse silmemişti.",
        "oradan bütün tezgâh görünüyordu.",
        "oradaki sandalyeler yeniydi.",
    ],
    [
        "Çıkarken bana iyi günler dilediler.",
        "Çıktığımda kimse başını kaldırmadı.",
        "Fişi istemeden verdiler.",
        "Buraya annemle babamı getiririm.",
        "Yeni şurubu tattırdılar.",
    ],
];
