//! What shoppers write, in the languages of the demo's branches.

/// Things to say in one language.
pub(super) struct Phrases {
    /// About the best moment of a visit.
    pub(super) best: [&'static str; 5],
    /// About what should be better.
    pub(super) improve: [&'static str; 6],
    /// Beside an answer that earned little.
    pub(super) poor: [&'static str; 5],
}

/// The phrases in this language; in English where there are none.
pub(super) fn phrases(language: &str) -> &'static Phrases {
    match language {
        "fr" => &FRENCH,
        "ru" => &RUSSIAN,
        "bg" => &BULGARIAN,
        "tr" => &TURKISH,
        _ => &ENGLISH,
    }
}

static ENGLISH: Phrases = Phrases {
    best: [
        "I was greeted before the door had closed behind me.",
        "They remembered what I had ordered at the counter and brought it without asking again.",
        "The person who served me knew every tea on the list.",
        "A spilled coffee was replaced at once, with a smile.",
        "The cake was still warm.",
    ],
    improve: [
        "Clear the tables by the window sooner.",
        "Somebody should look up when a guest comes in.",
        "Keep the list of allergens at the till, not in the kitchen.",
        "One more person at the counter between twelve and two.",
        "Hand over the receipt without being asked.",
        "Nothing stood out; keep it like this.",
    ],
    poor: [
        "I waited until the conversation behind the counter was over.",
        "I had to ask twice.",
        "There was a queue and only one till was open.",
        "Said in a hurry, looking elsewhere.",
        "It was noticed only when I pointed at it.",
    ],
};

static FRENCH: Phrases = Phrases {
    best: [
        "On m’a saluée avant même que la porte ne se referme.",
        "La personne qui servait connaissait chaque thé de la carte.",
        "Mon café renversé a été remplacé tout de suite, avec le sourire.",
        "La tarte était encore tiède.",
        "On m’a proposé une place au calme sans que je la demande.",
    ],
    improve: [
        "Débarrasser plus vite les tables près de la vitrine.",
        "Lever les yeux quand un client entre.",
        "Garder la liste des allergènes à la caisse et non en cuisine.",
        "Une personne de plus au comptoir entre midi et quatorze heures.",
        "Donner le ticket sans qu’il faille le demander.",
        "Rien de particulier : continuez ainsi.",
    ],
    poor: [
        "J’ai attendu la fin d’une conversation derrière le comptoir.",
        "J’ai dû demander deux fois.",
        "Il y avait la queue et une seule caisse ouverte.",
        "Dit à la hâte, en regardant ailleurs.",
        "On ne l’a remarqué que quand je l’ai montré.",
    ],
};

static RUSSIAN: Phrases = Phrases {
    best: [
        "Со мной поздоровались ещё в дверях.",
        "Сотрудница знала каждый чай из меню.",
        "Пролитый кофе сразу заменили, и с улыбкой.",
        "Пирог был ещё тёплым.",
        "Мне предложили тихое место, хотя я об этом не просил.",
    ],
    improve: [
        "Быстрее убирать столы у окна.",
        "Поднимать взгляд, когда входит гость.",
        "Держать список аллергенов у кассы, а не на кухне.",
        "Ещё один человек за стойкой с двенадцати до двух.",
        "Отдавать чек, не дожидаясь просьбы.",
        "Особых замечаний нет, так держать.",
    ],
    poor: [
        "Пришлось ждать, пока за стойкой закончат разговор.",
        "Пришлось спросить дважды.",
        "Была очередь, а работала одна касса.",
        "Сказали на ходу, глядя в сторону.",
        "Заметили, только когда я показал.",
    ],
};

static BULGARIAN: Phrases = Phrases {
    best: [
        "Поздравиха ме още на вратата.",
        "Служителката познаваше всеки чай от менюто.",
        "Разлятото кафе беше сменено веднага и с усмивка.",
        "Сладкишът беше още топъл.",
        "Предложиха ми тихо място, без да съм искал.",
    ],
    improve: [
        "Масите до прозореца да се разчистват по-бързо.",
        "Някой да вдигне поглед, когато влезе гост.",
        "Списъкът с алергените да е на касата, а не в кухнята.",
        "Още един човек на бара между дванадесет и два.",
        "Касовата бележка да се дава, без да се иска.",
        "Нямам забележки, продължавайте така.",
    ],
    poor: [
        "Наложи се да изчакам края на разговора зад бара.",
        "Наложи се да попитам два пъти.",
        "Имаше опашка, а работеше само една каса.",
        "Казано набързо, с поглед встрани.",
        "Забелязаха го чак когато го посочих.",
    ],
};

static TURKISH: Phrases = Phrases {
    best: [
        "Daha kapı kapanmadan selamlandım.",
        "Servis yapan kişi menüdeki her çayı biliyordu.",
        "Dökülen kahvem hemen, güler yüzle yenilendi.",
        "Kek hâlâ sıcaktı.",
        "İstemeden bana sessiz bir yer önerildi.",
    ],
    improve: [
        "Pencere kenarındaki masalar daha çabuk toplanmalı.",
        "Misafir girince biri başını kaldırmalı.",
        "Alerjen listesi mutfakta değil, kasada durmalı.",
        "On iki ile iki arasında tezgâhta bir kişi daha olmalı.",
        "Fiş istenmeden verilmeli.",
        "Göze batan bir şey yok, böyle devam.",
    ],
    poor: [
        "Tezgâhın arkasındaki sohbet bitene kadar bekledim.",
        "İki kez sormam gerekti.",
        "Kuyruk vardı ve yalnızca bir kasa açıktı.",
        "Aceleyle, başka yere bakarak söylendi.",
        "Ancak ben gösterince fark edildi.",
    ],
};
