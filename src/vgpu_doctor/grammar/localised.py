"""Translates what gcc, cpplib and make say in other languages into English, so that the grammars can read it.

A translation keeps the form of a message: its place, what stands in quotes and how often, numbers, the option in
brackets. The form decides where it can; then one or two words of each language do. The translation keeps one grammar
for all languages: kinds and captures are the same by construction, and a row here is a sentence and the words that
identify it. A grammar of its own would need free text between those words, which LALR tables cannot skip.

Loaded only when a line shows a foreign word, or has a body that the English grammar refuses.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MARK = "¤"
"""Stands for a quoted part while the words around it are read."""

ASCII_FORMS = str.maketrans(f"：；，（）？。\u3000\u00a0\u202f{MARK}", ":;,()?.    ")
"""Full-width punctuation and unusual blanks; character for character, so that positions stay."""

QUOTED = re.compile(
    r"«([^«»\n]*)»|»([^«»\n]*)«|「([^「」\n]*)」|<<([^<>\n]*)>>|>>([^<>\n]*)<<"
    r"|[‘`‚]([^‘’`'\n]*)[’']|„([^„“”\n]*)[“”]|“([^“”\n]*)[“”]|”([^”\n]*)”"
    r"|(?<![A-Za-z\u00c0-\u024f\u0400-\u04ff\u1e00-\u1eff])'([^'’\n]*)['’]|\"([^\"\n]*)\""
)
"""Every pair of quotes that a catalogue uses. An ASCII quote behind a letter is an apostrophe."""

AKA = re.compile(r" ?\{[^{}\n]*")
HINT = re.compile(rf"; ?[^;{MARK}]*{MARK}[^;{MARK}]*\?")
FLAG = re.compile(r"\[-W(?:error[=,])?(?:-W)?([\w-]+)=?\]$")
IN_BRACKETS = re.compile(rf"\([^()]*{MARK}[^()]*\)")
NUMBER = re.compile(r"\d+")
PUNCTUATION = re.compile(r"‘(?:(?!\.\.\.)[^\w\s’]+|asm|__attribute__)’")

PLACED = re.compile(r"([^\s:'\"()][^:\n'\"]*:\d+:(?:\d+:)?) ?([^\W\d][^:\n]{0,40}): *(.*)")
PROGRAM = re.compile(r"([^\s:]{1,200}) ?: *([^\W\d][^:\n]{0,40}): *(.*)")
PROGRAMS = re.compile(r"(?:.*[/-])?(?:gcc|cc1|cc1plus|cc|g\+\+|collect2)(?:-[\d.]+)?")
MAKE = re.compile(r"((?:[\w./-]*/)?g?make(?:\[\d+\])?) ?: *(.*)")
SCOPE = re.compile(r"([^\s:'\"()][^:\n'\"]*): ?([^:\n]+):")
CHAIN = re.compile(r"([^\W\d][^\n]{0,60}?):? *[^\s:]+:\d+(?::\d+)?[,:]")

MAKE_ERROR = re.compile(r"(\*\*\* )?\[([^\]\n]+)\] [^\W\d]+ (\d+)( ?\(.*)?")
MAKE_SIGNAL = re.compile(rf"\*\*\* \[([^\]\n]+)\] ([^{MARK}:\d]+)")
MAKE_DELETING = re.compile(rf"\*\*\* \[([^\]\n{MARK}]+)\] [^{MARK}]*{MARK}[^{MARK}]*")
MAKE_WAITING = re.compile(rf"\*\*\* [^{MARK}:/\[\]\d]+(?:\.\.\.|…)\.?")
MAKE_PLACE = re.compile(r"([^:]+:\d+) ?: ?")
ABSENT = re.compile(r"(\*\*\* )?([\w.+<>/~-]+) ?: *([^:\n]+)")
PATH = re.compile(r"/[^\s:]+")
STARTED = re.compile(r"\b(cc1plus|cc1|as|ld|collect2)\b")


SEVERITIES = {
    word: severity
    for severity, words in {
        "error": "error|错误|錯誤|fehler|erreur|エラー|ошибка|hata|помилка|fel|fout|lỗi|virhe|greška|грешка|fejl"
        "|σφάλμα|erro",
        "warning": "warning|警告|warnung|attention|предупреждение|aviso|uyari|uyarı|попередження|varning|let op"
        "|peringatan|cảnh báo|varoitus|upozorenje|упозорење|advarsel|προειδοποίηση",
        "note": "note|附注|附註|anmerkung|備考|замечание|nota|bilgi|зауваження|примітка|anm|catatan|ghi chú|huom"
        "|napomena|напомена|bemærk|σημείωση",
        "fatal error": "fatal error|致命错误|嚴重錯誤|schwerwiegender fehler|erreur fatale|致命的エラー"
        "|фатальная ошибка|error fatal|ölümcül hata|критична помилка|ödesdigert fel|fatale fout|lỗi nghiêm trọng"
        "|vakava virhe|fatalna greška|кобна грешка|fatal fejl|μοιραίο σφάλμα|erro fatal",
        "internal compiler error": "internal compiler error|编译器内部错误|編譯器內部錯誤|interner compiler-fehler"
        "|erreur interne du compilateur|コンパイラ内部エラー|внутренняя ошибка компилятора"
        "|error interno del compilador|derleyici iç hatası|внутрішня помилка компілятора|internt kompilatorfel"
        "|interne compilerfout|internal kompiler error|lỗi biên dịch nội bộ|kääntäjän sisäinen virhe"
        "|interna greška kompajlera|унутрашња грешка компилатора|intern oversætterfejl"
        "|εσωτερικό σφάλμα μεταγλωττιστή",
        "sorry, unimplemented": "sorry, unimplemented|对不起,尚未实现|對不起,尚未實作|nicht implementiert"
        "|désolé, pas implémenté|残念ですが未実装です|пока не реализовано|lo sentimos, sin implementar"
        "|özür, daha gerçeklenmedi|вибачте, не реалізовано|ledsen, inte implementerat|maaf, tidak terimplementasi"
        "|tiếc là chưa thực hiện|nije implementirano|извините, није имплементирано|desværre, ikke implementeret",
    }.items()
    for word in words.split("|")
}
"""Severity words in lower case, and what gcc prints for them in English."""

FUNCTION = (
    "函数|函式|funktion|fonction|関数|функци|функції|función|işlevinde|funksjon|functie|fungsi|hàm|funktio|funkciji"
)
TOP_LEVEL = (
    "文件作用域|顶层|頂層|höchster ebene|plus haut niveau|トップレベル|верхнем уровне|nivel principal|üst düzeyde"
    "|верхньому рівні|toppnivå|bovenste niveau|tingkat paling atas|cấp đầu|päätasolla|vrhovna razina|највишем нивоу"
    "|øverste niveau"
)
INCLUDED = (
    "包含于文件|于|來自|include 的檔案|von|depuis|読み込み|desde|включено у|включеному з|з|ifrån|kohdasta"
    "|inkluderet fra|fra"
)

NOT_THERE = (
    "no such file or directory|文件或目录|檔案或目錄|datei oder verzeichnis|fichier ou dossier|fichier ou répertoire"
    "|ファイルやディレクトリ|файла или кат|fichero o|archivo o|pliku ani|dosya ya da|файла або|filen eller katalogen"
    "|bestand of map|arquivo ou dir|ficheiro ou pasta|berkas atau dir|tập tin hoặc|tiedostoa tai|adresář nebo"
    "|파일이나|file o directory|datoteke ili|датотеке или|fil eller filkatalog|fișier sau|файл или дир|fájl vagy"
)
"""What the C library says for ENOENT: "file or directory"."""

NO_SPACE = (
    "没有空间|已無多餘空間|kein speicherplatz|aucun espace disponible|空き領域がありません"
    "|не осталось свободного места|no queda espacio|boş yer yok|недостатньо місця|enheten är full|geen ruimte meer"
    "|không có đủ chỗ|ei ole tilaa|više prostora|преостало простора|mere plads|tidak ruang|brak miejsca|há espaço"
    "|volné místo|남은 공간|spazio esaurito"
)
KILLED = (
    "killed|已杀死|強制終了|強制結束|getötet|arrêté|убито|süreç durduruldu|вбито|dödad|geëlimineerd|terbunuh"
    "|buộc kết thúc|tapettu|ubijen|убијен|dræbt|unicestwiony|morto|zabit|죽었음|ucciso"
)
SIGNALS = {
    "Killed": KILLED,
    "Interrupt": "中断|中斷|割り込み|unterbrechung|interrompre|прерывание|interrupción|keskeytys|afbrudt|avbruten"
    "|interupsi|sistem kesmesi|přerušení|interruzione|interrupção",
    "Terminated": "已终止|終止|beendet|complété|завершено|terminado",
    "Segmentation fault": "段错误|區段錯誤|speicherzugriffsfehler|erreur de segmentation|сегментирования"
    "|violación de segmento",
}
RULE = "规则|規則|regel|règle|ルール|правил|regla|reguł|aturan|quy tắc|pravid|pravil|regra|규칙|regola|regul"
NEEDED_FIRST = "に必要な|에서 필요한"
"""Words of languages that name the target that needs another before the other."""

AFTER_ERRORS = (
    "错误|錯誤|fehler|erreurs|エラー|ошиб|errores|помилк|fel.|fouten|erros|errors|lỗi|virheiden|chyb|오류|errori"
    "|grešaka|грешака|fejl|erori|błęd"
)

INCOMPATIBLE_POINTER = (
    "不兼容的指针类型|不相容的指標類型|inkompatiblem zeigertyp|type pointeur…incompatible|互換性のないポインタ"
    "|несовместимый тип указателя|tipo de puntero…incompatible|несумісн…вказівник|inkompatibel pekartyp"
    "|penunjuk yang tidak kompatibel|yhteensopimatonta osoitin|несагласног показив"
)
POINTER_FROM_INTEGER = (
    "将整数赋给指针|將整數賦給指標|zahl in einen zeiger|un entier en pointeur|整数から…ポインタを"
    "|целое преобразуется в указатель|un puntero desde un entero|цілочисельне в вказівник|skapar pekare"
    "|penunjuk dari integer|kokonaisluvusta osoittimen|показивач од целобројног"
)
INTEGER_FROM_POINTER = (
    "将指针赋给整数|將指標賦給整數|einen zeiger in eine|un pointeur en entier|ポインタから…整数を"
    "|указатель преобразуется в целое|un entero desde un puntero|вказівник в цілочисельне|skapar heltal"
    "|integer dari penunjuk|целобројни од показивача"
)
INITIALISING = "初始化|初期化|initialis|инициализ|inicializ|ініціаліз|initier"
ASSIGNING = "赋值|賦值|代入|zuweisung|affectation|присваив|asignación|присвоєн|tilldelning"
RETURNING = "返回|回傳|戻|rückgabe|retour|возврат|retorno|devuelve|поверн|returner"

REDEFINED = (
    "重定义|重定義|redefinition|redefiniert|redéfini|再定義|переопредел|повторное определение|redefinición"
    "|redefinido|yeniden tanımla|перевизначення|повторне визначення|omdefini|redefinisi|định nghĩa lại"
    "|määritelty uudelleen|uudelleenmääritelty|поновљена дефиниција|поновна дефиниција|поново одређено"
    "|opnieuw gedefinieerd"
)
NO_CONSTANT = (
    "初始值设定元素不是常量|初始值設定元素不是常數|initialisierungselement ist nicht|élément de l…pas une constante"
    "|要素が定数では|элемент инициализатора не является|elemento inicializador no es|öğe bir sabit değil"
    "|елемент ініціалізатора не є|initierarelement är inte|beginwaarde-element|penginisialisasi bukan"
    "|yếu tố khởi tạo không|alustusalkio ei ole|успостављача није|startværdielement er ikke"
)
NO_RETURN = (
    "控制流程到达函数尾|未发现 return|未發現 return|kontrollfluss erreicht|keine return-anweisung"
    "|contrôle a atteint la fin|manquant dans une fonction|関数の終りに到達|return 文がありません"
    "|управление достигает конца|отсутствует оператор return|alcanza el final"
    "|declaración de devolución en la función|керування досягає кінця|flödet når slutet|ingen retursats"
    "|mencapai akhir|tidak ada pernyataaan kembali|funktion loppu saavutettu|ei palautuslausetta"
    "|kontrol når til slutningen|ingen return-sætning|нема повратне наредбе"
)
STATIC_ASSERTION = (
    "静态断言|靜態斷言|statische behauptung|assertion statique|静的アサーション|статическое утверждение"
    "|aserción estática|статична перевірка|statisk försäkran|static assertion gagal|staattinen väite"
)
EXPECTED = (
    "需要|erwartet|attendu|予期|ожидал|se esperaba|umuluyordu|мало бути|очік|förväntades|diduga|cần|odotettiin"
    "|očekivano|очекиван|forventet"
)

COMPLAINTS: tuple[tuple[str, ...], ...] = (
    (
        "{0} has no member named {1}",
        "没有名为|沒具名為|kein element|pas de membre|という名前のメンバ|не содержит элемент|no tiene un miembro"
        "|isimli üye|не має члена|ingen medlem|tidak memiliki anggota|không có thành viên|jäsentä|нема члан",
    ),
    (
        "too few arguments to function {0}",
        "实参太少|引數太少|zu wenige argumente|trop peu d…arguments|引数が少なすぎ|слишком мало аргументов"
        "|faltan argumentos|çok az argüman|замало аргументів|för få argument|te weinig argumenten|terlalu sediki"
        "|quá ít đối số|liian vähän argument|премало аргумената",
    ),
    (
        "too many arguments to function {0}",
        "实参太多|引數太多|zu viele argumente|trop d…arguments|引数が多すぎ|слишком много аргументов"
        "|demasiados argumentos|çok fazla argüman|забагато аргументів|för många argument|te veel argumenten"
        "|terlalu banyak argumen|quá nhiều đối số|liian monta argument|превише аргумената",
    ),
    (
        "implicit declaration of function {0}",
        "隐式声明函数|隱含宣告函式|implizite deklaration|déclaration implicite|暗黙的な宣言|неявная декларация"
        "|declaración implícita|örtük bildirimi|неявне оголошення|implicit deklaration|impliciete declaratie"
        "|implisit deklarasi|khai báo ngầm|esitelty implisiittisesti|имплицитна декларација",
    ),
    ("passing argument {n[0]} of {0} from incompatible pointer type", INCOMPATIBLE_POINTER),
    ("passing argument {n[0]} of {0} makes pointer from integer without a cast", POINTER_FROM_INTEGER),
    ("passing argument {n[0]} of {0} makes integer from pointer without a cast", INTEGER_FROM_POINTER),
    ("initialization of {0} from incompatible pointer type {1}", INCOMPATIBLE_POINTER, INITIALISING),
    ("initialization of {0} from {1} makes pointer from integer without a cast", POINTER_FROM_INTEGER, INITIALISING),
    ("initialization of {0} from {1} makes integer from pointer without a cast", INTEGER_FROM_POINTER, INITIALISING),
    ("assignment to {0} from incompatible pointer type {1}", INCOMPATIBLE_POINTER, ASSIGNING),
    ("assignment to {0} from {1} makes pointer from integer without a cast", POINTER_FROM_INTEGER, ASSIGNING),
    ("assignment to {0} from {1} makes integer from pointer without a cast", INTEGER_FROM_POINTER, ASSIGNING),
    (
        "returning {0} from a function with return type {1} makes pointer from integer without a cast",
        POINTER_FROM_INTEGER,
        RETURNING,
    ),
    (
        "returning {0} from a function with return type {1} makes integer from pointer without a cast",
        INTEGER_FROM_POINTER,
        RETURNING,
    ),
    (
        "{0} undeclared (first use in this function)",
        "未声明(在此函数|nicht deklariert (erst|première utilisation|関数内での最初の使用|первое использование"
        "|primer uso|перше використання|första förekomsten|ensimmäinen käyttökerta|πρώτη χρήση",
    ),
    (
        "{0} undeclared here (not in a function)",
        "未声明(不在函数|(nicht in einer funktion|(außerhalb einer funktion|(hors de toute fonction|(関数内ではない"
        "|(не в функции|(no en una función|(не в функції|(inte i en funktion|(ei funktiossa",
    ),
    (
        "unknown type name {0}",
        "未知的类型名|unbekannter typname|nom de type…inconnu|不明な型名|неизвестное имя типа"
        "|nombre de tipo…desconocido|невідоме ім…типу|okänt typnamn|không hiểu",
    ),
    (
        "storage size of {0} isn't known",
        "存储大小|存儲大小|speichergröße|taille de stockage|記憶域サイズ|размер…памяти|размер памяти"
        "|tamaño de almacenamiento|saklama uzunluğu|розмір зберігання|розмір сховища|lagringsstorlek"
        "|lagringsstørrelse|ukuran penyimpanan|koko muistissa|величина складишта",
    ),
    (
        "invalid use of undefined type {0}",
        "未定义类型|未定义的类型|undefinierten typs|type non défini|неопределенного типа|tipo indefinido"
        "|невизначеного типу|odefinierad typ",
    ),
    (
        "invalid application of {0} to incomplete type {1}",
        "anwendung von…unvollständig|utilisation invalide…type incomplet|применение…неполному типу"
        "|aplicación no válida…incompleto|застосування…неповного|tillämpning av…ofullständig",
    ),
    (
        "conflicting types for {0}; have {1}",
        "abweichende typen|types conflictuels|конфліктуючі типи|motstridiga typer",
    ),
    (
        "conflicting types for {0}",
        "类型冲突|類型衝突|konflikt stehende typen|types conflictuels|型が競合|несовместимые типы для"
        "|tipos en conflicto|çelişen türler|конфліктуючі типи|motstridiga typer|tipe konfliks|ristiriitaiset tyypit"
        "|сукобљени типови|kiểu xung đột",
    ),
    (
        "static declaration of {0} follows non-static declaration",
        "静态声明出现在|靜態宣告出現在|statische deklaration von…folgt|déclaration statique de…suit|静的宣言が"
        "|static-декларация|declaración static|statik bildirimi|статичне оголошення…слід|statisk deklaration av"
        "|deklarasi statis|esitelty staattisena|статичка декларација",
    ),
    ("redefinition of {0}", REDEFINED),
    (
        "assignment of read-only member {0}",
        "只读成员|唯讀成員|schreibgeschützten element|membre…en lecture seule|読み取り専用メンバ"
        "|элементу…только на чтение|miembro de sólo lectura|salt-okunur üye|елементу тільки для читання"
        "|endast läsbar medlem|anggota baca-saja|thành viên chỉ-đọc|kirjoitussuojattuun jäsen|само-за-читање члан",
    ),
    (
        "macro {0} requires {n[0]} arguments, but only {n[1]} given",
        "宏…但只给出|巨集…但只給出|makro…erfordert|macro…requiert|マクロ…しか与え|макроса…требуется|macro…requiere"
        "|makro…gerektiriyor|макроса…вказати|makrot…kräver|macro…vereist|makro…membutuhkan|vĩ lệnh…cần đến"
        "|makro…vaatii|макро…захтева|makroen…kræver|macro…requer",
    ),
    (
        "macro {0} passed {n[0]} arguments, but takes just {n[1]}",
        "宏…传递了|巨集…傳遞了|dem makro…übergeben|macro…a reçu|マクロ…しか受け取|в макрос…передано|macro…pasó"
        "|makro…argüman alıyor|макроса…передано|makro…skickade|macro…kreeg|makro…melewatkan|vĩ lệnh…đã chuyển"
        "|makrolle…annettu|макро…проследио|makroen…viderebragte|macro…passou",
    ),
    ("static assertion failed: {0}", STATIC_ASSERTION),
    (
        "unrecognized command-line option {0}",
        "无法识别的命令行选项|無法辨識的命令列選項|unbekannte kommandozeilenoption"
        "|non reconnue sur la ligne de commande|コマンドライン…認識|нераспознанн…командной строки|línea de órdenes"
        "|línea de comandos|невідома опція командного|okänd kommandoradsflagga",
    ),
    (
        "void value not ignored as it ought to be",
        "void 值未|void-wert nicht|valeur void n|void の値が|(void) значения|descarta el valor void"
        "|void değer yoksay|значення void не ігнор|värdet av typen void|void-waarde niet|nilai void|tyhjää arvoa"
        "|празна вредност|tom værdi",
    ),
    ("initializer element is not constant", NO_CONSTANT),
    (
        "excess elements in struct initializer",
        "结构初始值设定项中有多余|結構初始值設定項中有多餘|elementüberschreitung in struct"
        "|trop d…dans l…de la structure|構造体初期化子内の要素が多|избыточные элементы в инициализаторе структур"
        "|exceso de elementos…de struct|struct ilklendiricide|зайві елементи в ініціалізаторі структур"
        "|överflödiga element i post|overtollige elementen…struct|kelebihan elemen dalam struktur"
        "|yếu tố thừa…cấu trúc|ylimääräisiä alkioita struct|успостављачу структуре|struct-startværdi",
    ),
    ("static assertion failed", STATIC_ASSERTION),
    ("control reaches end of non-void function", NO_RETURN),
    (
        "two or more data types in declaration specifiers",
        "两个以上的数据类型|兩個以上的資料類型|zwei oder mehr datentypen|deux types de données ou plus"
        "|二個またはそれ以上の型|два или более типа|dos o más tipos de datos|två eller fler datatyper"
        "|twee of meer data types|dua atau lebih tipe data|yli yksi tietotyyppi|iki veya daha fazla veri"
        "|два или више типова",
    ),
    (
        "expected identifier",
        "需要标识符|需要識別碼|bezeichner erwartet|bezeichner oder…erwartet|identificateur…attendu|識別子…予期"
        "|ожидался идентификатор|esperaba un identificador|betimleyici…umuluyordu|identifierare…förväntades"
        "|diduga pengidentifikasi|cần…định danh|tunniste|очекиван је идентификатор",
    ),
)
"""English sentences of complaints, each with the words that identify it; see :func:`_has_any`.

``{0}`` and ``{1}`` are what is quoted, ``{n[0]}`` a number outside quotes. Every set of words must be met.
"""

NOTES: tuple[tuple[str, ...], ...] = (
    (
        "expected {0} but argument is of type {1}",
        "需要类型…但实参|erwartet, aber argument|attendu mais l|ожидался тип…аргумент|se esperaba…argumento"
        "|очік…аргумент|förväntades men argument|diduga…argumen|cần…đối số|odotettiin…argument",
    ),
    (
        "declared here",
        "在此声明|hier deklariert|déclaré ici|ここで宣言|объявлено здесь|se declara aquí|оголошено тут"
        "|deklarerad här|khai báo ở đây|esitelty täällä",
    ),
    (
        "in expansion of macro {0}",
        "在宏…展开时|substitution des makros|expansion de la macro|расширении макроса|expansión de macro"
        "|розгортанні макросу|розширенні макросу|expansionen av makrot|phần mở rộng macro|makron lavennuksessa",
    ),
)

BY_FLAG = {
    ("implicit-function-declaration", 1, 0): "implicit declaration of function {0}",
    ("return-type", 0, 0): "control reaches end of non-void function",
    ("incompatible-pointer-types", 1, 1): "passing argument {n[0]} of {0} from incompatible pointer type",
    ("missing-prototypes", 1, 0): "no previous prototype for {0}",
    ("frame-larger-than", 0, 2): "the frame size of {n[0]} bytes is larger than {n[1]} bytes",
}
"""Sentences that follow from the option, the count of quoted parts and the count of numbers outside quotes."""

IN_A_WARNING = {"redefinition of {0}": "{0} redefined"}
"""Two complaints that many languages word alike; only a macro's redefinition is a warning."""


def in_english(line: str) -> tuple[str, str] | None:
    """Return a line as an English tool would have printed it, and its message as it was; None for any other line."""
    text = line.translate(ASCII_FORMS)
    if (found := MAKE.fullmatch(text)) is not None:
        return f"{found[1]}: {_of_make(found[2])}", line[found.start(2) :]
    if (found := PLACED.fullmatch(text)) and (severity := SEVERITIES.get(found[2].strip().lower())):
        return f"{found[1]} {severity}: {_of_compiler(found[3], severity)}", line[found.start(3) :]
    if (found := PROGRAM.fullmatch(text)) and PROGRAMS.fullmatch(found[1]):
        severity = SEVERITIES.get(found[2].strip().lower())
        return (
            (f"{found[1]}: {severity}: {_of_program(found[3], severity)}", line[found.start(3) :]) if severity else None
        )
    if text.endswith((":", ",")) and (scope := _scope(text)):
        return scope, line
    return None


def _scope(text: str) -> str | None:
    """Translate ``In function``, ``At top level`` and ``In file included from``."""
    if found := SCOPE.fullmatch(text):
        words, quoted = _split_at_quotes(found[2].lower())
        if len(quoted) == 1 and _has_any(words, FUNCTION):
            return f"{found[1]}: In function {_split_at_quotes(found[2])[1][0]}:"
        if not quoted and _has_any(words, TOP_LEVEL):
            return f"{found[1]}: At top level:"
    if (found := CHAIN.fullmatch(text)) and found[1].lower().endswith(tuple(INCLUDED.split("|"))):
        return f"In file included from {text[found.end(1) :].lstrip(' :')}"
    return None


def _of_compiler(text: str, severity: str) -> str:
    """Translate what stands behind the severity; change nothing but its quotes if no row fits."""
    if severity == "fatal error" and (found := ABSENT.fullmatch(text)) and _has_any(found[3].lower(), NOT_THERE):
        return f"{found[2]}: No such file or directory"
    before, _, reason = text.rpartition(":")
    if (path := PATH.search(before)) and _has_any(reason.lower(), NO_SPACE):
        return f"error writing to {path[0]}: No space left on device"
    flag = FLAG.search(text)
    words, quoted = _split_at_quotes(text[: flag.start()] if flag else text)
    hint = ""
    if found := HINT.search(words):
        words = words[: found.start()]
        hint = f"; did you mean {quoted.pop()}?"
    words = words.lower().strip()
    sentence = _sentence(words, quoted, severity, flag[1] if flag else "")
    if sentence is None:
        return _with_english_quotes(text)
    return sentence.format(*quoted, n=NUMBER.findall(words)) + hint


def _sentence(words: str, quoted: Sequence[str], severity: str, flag: str) -> str | None:
    """Return the English sentence of a message, with places for what is quoted."""
    numbers = len(NUMBER.findall(words))
    if len(quoted) == 1 and IN_BRACKETS.fullmatch(words):
        return "(near initialization for {0})"
    if severity == "note":
        return _sentence_by_words(NOTES, words, len(quoted), numbers)
    if sentence := BY_FLAG.get((flag, len(quoted), numbers)):
        return sentence
    if len(quoted) == 2 and "‘->’" in quoted:
        arrow = quoted.index("‘->’")
        return f"invalid type argument of {{{arrow}}} (have {{{1 - arrow}}})"
    sentence = _sentence_by_words(COMPLAINTS, words, len(quoted), numbers)
    if sentence is None and quoted and all(map(PUNCTUATION.fullmatch, quoted)) and _has_any(words, EXPECTED):
        return "expected " + ", ".join(f"{{{index}}}" for index in range(len(quoted)))
    return IN_A_WARNING.get(sentence, sentence) if severity == "warning" and sentence else sentence


def _sentence_by_words(rows: Sequence[Sequence[str]], words: str, quoted: int, numbers: int) -> str | None:
    for sentence, *sets in rows:
        # A message without captures may still quote a keyword.
        fits = ("{0}" in sentence) + ("{1}" in sentence) in (quoted, 0) and sentence.count("{n[") <= numbers
        if fits and all(_has_any(words, alternatives) for alternatives in sets):
            return sentence
    return None


def _of_program(text: str, severity: str) -> str:
    """Translate what gcc itself or collect2 says, without a place."""
    words = text.lower()
    started = STARTED.search(words)
    if started and severity == "fatal error" and _has_any(words, KILLED):
        return f"Killed signal terminated program {started[1]}"
    if started and started[1] == "ld" and (status := NUMBER.search(words)):
        return f"ld returned {status[0]} exit status"
    return _of_compiler(text, severity)


def _of_make(text: str) -> str:
    """Translate what stands behind ``make[1]: ``."""
    if found := MAKE_ERROR.fullmatch(text):
        ignored = "" if found[1] else " (ignored)"
        return f"{found[1] or ''}[{_where(found[2])}] Error {found[3]}{ignored}"
    words, quoted = _split_at_quotes(text)
    if found := MAKE_SIGNAL.fullmatch(words):
        signal = next((name for name, said in SIGNALS.items() if _has_any(found[2].lower(), said)), "")
        return f"*** [{_where(found[1])}] {signal}" if signal else text
    if found := MAKE_DELETING.fullmatch(words):
        return f"*** [{_where(found[1])}] Deleting file {quoted[0]}"
    if MAKE_WAITING.fullmatch(words):
        return "*** Waiting for unfinished jobs...."
    if (found := ABSENT.match(text)) and _has_any(found[3].lower(), NOT_THERE):
        return f"{found[1] or ''}{found[2]}: No such file or directory{'.  Stop.' if found[1] else ''}"
    words = words.lower()
    if text.startswith("*** "):
        if 1 <= len(quoted) <= 2 and _has_any(words, RULE):
            target, *needed_by = reversed(quoted) if _has_any(words, NEEDED_FIRST) else quoted
            return f"*** No rule to make target {', needed by '.join((target, *needed_by))}.  Stop."
    elif len(quoted) == 1:
        if _has_any(words, AFTER_ERRORS):
            return f"Target {quoted[0]} not remade because of errors."
        if quoted[0].startswith("‘/"):
            return f"Entering directory {quoted[0]}"
    return _with_english_quotes(text)


def _where(text: str) -> str:
    """Return ``FILE:LINE: TARGET`` of make with the blanks of English."""
    return MAKE_PLACE.sub(r"\1: ", text, count=1)


def _split_at_quotes(text: str) -> tuple[str, list[str]]:
    """Return a message with :data:`MARK` for each quoted part, and those parts as an English gcc quotes them."""
    words: list[str] = []
    quoted: list[str] = []
    end = 0
    for found in QUOTED.finditer(text):
        between = text[end : found.start()]
        inner = next(group for group in found.groups() if group is not None).strip()
        end = found.end()
        if quoted and AKA.fullmatch(between) and text[end : end + 1] == "}":
            quoted[-1] += f" {{aka ‘{inner}’}}"
            end += 1
        else:
            words += (between, MARK)
            quoted.append(f"‘{inner}’")
    words.append(text[end:])
    return "".join(words), quoted


def _with_english_quotes(text: str) -> str:
    words, quoted = _split_at_quotes(text)
    first, *rest = words.split(MARK)
    return first + "".join(part + after for part, after in zip(quoted, rest, strict=False))


def _has_any(words: str, alternatives: str) -> bool:
    """Return whether one of the alternatives is in the words: ``|`` parts them, ``…`` parts what follows in order."""
    return any(_in_order(words, parts) for parts in _phrases(alternatives))


@cache  # as many as there are sets of words above
def _phrases(alternatives: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(phrase.split("…")) for phrase in alternatives.split("|"))


def _in_order(words: str, parts: Sequence[str]) -> bool:
    position = 0
    for part in parts:
        position = words.find(part, position)
        if position < 0:
            return False
        position += len(part)
    return True
