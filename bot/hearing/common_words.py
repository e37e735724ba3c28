"""The commonest words of languages that have no catalogue, as people write them to us for the first time.

In the letters of the language and, where telephones lack them or people do without, in Latin ones. Words that are
common in several languages stand under each of them: so they tell nothing. A language that gets a catalogue has a list
there (``common``), which is read beside the one here.
"""

WORDS: dict[str, str] = {
    # --- written with Latin letters, or often so
    "ar": """
        be7aja b7aja bi7aja bhaja behaja 7aja e7taj a7taj ahtej mosa3adeh musa3ada musa3adeh mosa3da msa3adeh sa3douni
        sa3duni sa3dooni sa3edni sa3idni sa3ed 3endi 3indi 3ndy 3andy 3nde 3ayle 3ayli 3a2ile ma3i ma3ndi ma3andi m3i
        fulus floos flos masare mesh mish baddi bade sho8l shoghol shughl bala bdoun ejar ajar iijar hala2 halla2 kteer
        ktir ktyr walad wlad wladi atfali samahtom samahti lao fadlik fadlkon keefak kifkon ya3ni lazem baladiye youm
        bukra m3 aleykum alaykom
    """,
    "ti": """
        selam hagez hagaz hagezi hagezeni yedliyeni yedliyenya yidliyeni yedlyeni yedliyeni yedleyeni yidleyeni alo allo
        kemey kemay yekenyeley yekeniyeley yeqenyeley bejaka bejaki bejakum bejakha genzeb yebleyn yeblen yeblon yeblin
        yeblnn deqi deqey kolut qoluu serah srah srahey megbi migbi tigrinya tigrigna tgrnya eritra shewden kezareb
        kizareb delye dilye dleye hatata habereni habruni tehagizuni thagzuni tihagizuni enda endaa nezi abzi abziy
    """,
    "am": """
        selam erdata irdata erdatan efelgalehu ifelgalehu felge ebakachu ebakachihu ebakih ebakish negn alegn yelegnim
        yelegnem birr lijoch lijochi lijen sira amarigna amharic endemen indemin ameseginalehu betam genzeb
        ሰላም እርዳታ እፈልጋለሁ እባክዎ እባካችሁ እባክህ እኔ ነኝ ነው አለኝ የለኝም የለም ልጆች ልጆቼ ስራ ሥራ አመሰግናለሁ በጣም እና እንዴት አማርኛ
    """,
    "so": """
        waxaan waxan waan baahanahay bahanahay baahnahay caawimaad caawimad caawimo caawin kaalmo kaalmada gargaar iyo
        salaan asc haysto hayo hayaa lacag lacagta lacagtii shaqo shaqada shaqadii shaqadaydii waayay waayey carruur
        caruur carruurta caruurta carruurtayda guri guriga fadlan mahadsanid sidee halkan magacaygu leeyahay leyahay
        kirada kiro cunto cunno xaas xaaskayga waxba ayaan soomaali iga isiiya iila
    """,
    "kmr": """
        alikari alikariye alikariya alikariyek dixwazim dixwazin hewce hewcedari hewceye pere peran pereyen tune tunne
        tuneye heye hene zarok zaroken zarokan silav rojbas spas kurmanci kurdi gelek xwe xwarin dikarin dikarim kare
        kiri kirya nikarim hevjina malbat
    """,
    "fa": """
        salam komak komakam mikham mikhaham mikhwaham mekhaham mekhwaham niaz daram nadaram darim nadarim pool pul khane
        khana bache bacha bacheha bachaha hastam hastim lotfan lotfa farsi dari ejare kerayeh chetor chetori shoma
        baraye merci tashakor konid konin kar shoghl
        است را که برای هست هستم هستیم می خواهم میخواهم دارم دارید ندارم شما کنید کنم کمک خیلی باید نیاز نمی شود شد بود
        با یک پول
    """,
    "ps": """
        زه مرستې مرسته اړتیا لرم نلرم نه پیسې ماشومان ماشوم کور ته یم مې
    """,
    "tr": """
        merhaba selam yardım yardim yardıma yardima ihtiyacım ihtiyacim ihtiyaç var yok bir için paramız param paraya
        çocuk çocuğum çocuklarım cocuk cocugum cocuklarim işim isim işimi kaybettim istiyorum lütfen teşekkürler nasıl
        nasil ben benim kira evim türkçe turkce konuşuyorum konusuyorum para hiç
    """,
    "pl": """
        potrzebuję pomocy pomoc proszę prosze dzień dobry mam nie jestem pieniędzy pieniedzy pieniądze dziecko dzieci
        pracę pracy straciłem straciłam stracilem stracilam jest czy mogę dziękuję mieszkanie mieszkania polsku polski
        czynsz się bez
    """,
    "fr": """
        bonjour bonsoir je j'ai suis besoin aide aidez pas avec pour argent travail enfants mon mes vous merci perdu
        français francais parle une des les est sans logement loyer svp plaît plait comment où nous ai plus
    """,
    "es": """
        hola necesito ayuda tengo dinero trabajo hijos niños ninos por favor gracias soy estoy busco perdí perdi quiero
        hablo español espanol buenos buenas días dias casa con sin para una los las alquiler puedo cómo dónde
    """,
    "pt": """
        olá ola preciso ajuda tenho dinheiro trabalho filhos não nao por favor obrigado obrigada sou estou perdi quero
        falo português bom dia casa com sem para uma aluguel
    """,
    "sq": """
        përshëndetje pershendetje kam nevojë nevoje ndihmë ndihme nuk punë pune lekë leke para fëmijë femije jam
        faleminderit dua shqip dhe qera shtëpi shtepi humba pa për ju lutem
    """,
    "bs": """
        zdravo trebam treba potrebna pomoć pomoc nemam imam novca novac para posao djece djecu deca dece molim hvala sam
        izgubio izgubila dobar dan kako kuća kuca stan kirija moja moj bosanski srpski hrvatski možete mozete
    """,
    "de": """
        hallo ich brauche hilfe habe kein keine geld arbeit kinder bitte danke und nicht mein meine bin verloren guten
        tag deutsch miete wie kann mit wir sind
    """,
    "da": """
        hej jeg har brug hjælp ikke og er penge ingen arbejde at det til med kan vil mig min børn bor hvordan hvor tak
        på som af
    """,
    "nb": """
        hei hej jeg har trenger hjelp hjelpe ikke og er penger ingen jobb at det til med kan vil meg mine barn bor
        hvordan hvor takk på som av
    """,
    "fi": """
        hei moi tarvitsen apua minulla minä olen rahaa työ lapsia kiitos ja ei en on miten mitä suomi suomea vuokra
    """,
    "ro": """
        bună buna salut am nevoie de ajutor nu bani muncă munca copii vă rog mulțumesc sunt eu pentru și cu fără chirie
    """,
    # --- written with Cyrillic letters
    "uk": """
        мені потрібна потрібно допомога допомоги допоможіть допомогти немає грошей гроші добрий день вітаю дякую будь
        ласка роботу роботи діти дітей дитина дитини втратила втратив квартира оренда як що це або та не хочу
        українською від є
    """,
    "ru": """
        мне мы вы нам нужна нужно помощь помощи нет денег деньги здравствуйте привет добрый день дети детей ребенок
        ребёнок работу работы работа потеряла потерял меня пожалуйста спасибо как где хочу говорю русски квартира есть
        что это помогите помочь могу двое не или
    """,
    "bg": """
        имам нужда от помощ нямам пари здравейте здравей добър ден деца работа загубих моля благодаря аз съм дете искам
        нуждая се да за какво къде български наем не как
    """,
    "be": """
        мне патрэбна патрэбная дапамога дапамажыце няма грошай прывітанне добры дзень дзякуй калі ласка працу дзеці не
        як што гэта
    """,
    "sr": """
        потребна ми помоћ немам новца здраво добар дан молим хвала деца деце посао изгубио изгубила сам како стан кирија
        српски имам не је
    """,
    "mk": """
        ми треба помош немам пари здраво добар ден ве молам благодарам деца работа изгубив сум како стан кирија имам не
    """,
}
"""Language code -> words."""

GREETINGS = """
    hej hejsan hallå halloj tjena tja hei hi hello hey helo hallo god morgon dag goddag kväll morning afternoon evening
    good day salam salaam selam selaam slm salamu salama assalam assalamu asalamu assalamualaikum salamalaikum
    salamaleikum as al alaikum alaykum aleikum aleykum alaikom alaykom 3alaykom 3alaikum wa alaikumsalam rahmatullah
    marhaba marhaban mar7aba merhaba ahlan sabah sabaho khair kheir 5eir subax wanaagsan galab habeen salaan asc nabad
    iska waran warran alo allo halo aloo silav rojbas bonjour bonsoir salut hola buenos buenas días tardes olá bom dia
    ciao zdravo dobar dan dzień dobry cześć tung përshëndetje mirdita kemey kemay guten tag
    السلام سلام عليكم عليك وعليكم ورحمة الله وبركاته رحمة مرحبا مرحبتين أهلا اهلين وسهلا صباح مساء الخير النور تحية طيبة
    درود سڵاو چۆنی ښه ستړی مه شی شې هیلو ہیلو
    привіт вітаю доброго дня добрий день вечір ранок добридень привет здравствуйте здравствуй добрый вечер утро доброе
    здравей здравейте добър ден здраво добар дан прывітанне
    ሰላም ሰላማት ከመይ ጤና ይስጥልኝ ደሓን ዶ
"""
"""Words that only greet. Nobody's language is told by them: "salam" is said from Morocco to Indonesia."""
