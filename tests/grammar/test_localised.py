"""gcc, cpplib and make in other languages: every line reads as its English twin does."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vgpu_doctor.grammar.classified_lines import ClassifiedLine  # noqa: TC001 - used by parametrised values
from vgpu_doctor.grammar.diagnostics import diagnostics
from vgpu_doctor.grammar.lines import classify_line
from vgpu_doctor.grammar.localised import in_english
from vgpu_doctor.grammar.log_facts import FactCollector
from vgpu_doctor.intake.decode import Block
from work import instructions

TWINS: dict[str, list[str]] = {
    "nv-pci.c:17:25: error: ‘const struct bus_type’ has no member named ‘iommu_ops’": [
        "nv-pci.c:17:25: 错误：‘const struct bus_type’没有名为‘iommu_ops’的成员",
        "nv-pci.c:17:25: 錯誤：「const struct bus_type」 沒具名為 「iommu_ops」 的成員",
        "nv-pci.c:17:25: Fehler: »const struct bus_type« hat kein Element namens »iommu_ops«",
        "nv-pci.c:17:25: erreur: «\u00a0const struct bus_type\u00a0» n'a pas de membre nommé «\u00a0iommu_ops\u00a0»",
        "nv-pci.c:17:25: エラー: ‘const struct bus_type’ は ‘iommu_ops’ という名前のメンバを持っていません",
        "nv-pci.c:17:25: ошибка: «const struct bus_type» не содержит элемента с именем «iommu_ops»",
        "nv-pci.c:17:25: error: ‘const struct bus_type’ no tiene un miembro llamado ‘iommu_ops’",
        "nv-pci.c:17:25: помилка: «const struct bus_type» не має члена з іменем «iommu_ops»",
        "nv-pci.c:17:25: fel: ”const struct bus_type” har ingen medlem med namnet ”iommu_ops”",
        "nv-pci.c:17:25: hata: 'const struct bus_type' türü 'iommu_ops' isimli üye içermiyor",
        "nv-pci.c:17:25: lỗi: “const struct bus_type“ không có thành viên nào mang tên “iommu_ops“",
        "nv-pci.c:17:25: error: `const struct bus_type' tidak memiliki anggota bernama `iommu_ops'",
        "nv-pci.c:17:25: virhe: tyypillä ”const struct bus_type” ei ole ”iommu_ops”-nimistä jäsentä",
        "nv-pci.c:17:25: грешка: ‘const struct bus_type’ нема члан по имену ‘iommu_ops’",
        "nv-pci.c:17:25: greška: „const struct bus_type“ has no member named „iommu_ops“",
        "nv-pci.c:17:25: Fehler: >>const struct bus_type<< hat kein Element namens >>iommu_ops<<",
    ],
    "a.c:3:5: error: ‘nv_x_t’ {aka ‘struct x’} has no member named ‘b’; did you mean ‘c’?": [
        "a.c:3:5: Fehler: »nv_x_t« {alias »struct x«} hat kein Element namens »b«; meinten Sie »c«?",
        "a.c:3:5: erreur: « nv_x_t » {alias « struct x »} n'a pas de membre nommé « b »; vouliez-vous employer « c » ?",
        "a.c:3:5: ошибка: «nv_x_t» {или «struct x»} не содержит элемент с именем «b»; имелось в виду «c»?",
        "a.c:3:5: 错误：‘nv_x_t’ {或称 ‘struct x’}没有名为‘b’的成员；您是指‘c’吗？",
    ],
    "a.c:21:9: error: too many arguments to function ‘eventfd_signal’": [
        "a.c:21:9: 错误：提供给函数‘eventfd_signal’的实参太多",
        "a.c:21:9: Fehler: zu viele Argumente für Funktion »eventfd_signal«",
        "a.c:21:9: erreur: trop d'arguments pour la fonction « eventfd_signal »",
        "a.c:21:9: エラー: 関数 ‘eventfd_signal’ への引数が多すぎます",
        "a.c:21:9: ошибка: слишком много аргументов в вызове функции «eventfd_signal»",
        "a.c:21:9: error: demasiados argumentos para la función ‘eventfd_signal’",
        "a.c:21:9: virhe: liian monta argumenttia funktiolle ”eventfd_signal”",
    ],
    "a.c:21:9: error: too few arguments to function ‘get_user_pages’": [
        "a.c:21:9: 錯誤：提供給函式 「get_user_pages」 的引數太少",
        "a.c:21:9: fout: te weinig argumenten voor functie ‘get_user_pages’",
        "a.c:21:9: erreur: trop peu d’arguments pour la fonction « get_user_pages »",
    ],
    "a.c:9:2: error: implicit declaration of function ‘follow_pfn’ [-Werror=implicit-function-declaration]": [
        "a.c:9:2: 错误：隐式声明函数‘follow_pfn’ [-Werror=implicit-function-declaration]",
        "a.c:9:2: Fehler: Implizite Deklaration der Funktion »follow_pfn« [-Wimplicit-function-declaration]",
        "a.c:9:2: fout: impliciete declaratie van functie ‘follow_pfn’ [-Werror=implicit-function-declaration]",
        "a.c:9:2: 错误：隐含的函数‘follow_pfn’ [-Wimplicit-function-declaration]",
    ],
    "a.c:9:2: error: implicit declaration of function ‘follow_pfn’; did you mean ‘follow_pte’?": [
        "a.c:9:2: fel: implicit deklaration av funktionen ”follow_pfn”; menade du ”follow_pte”?",
        "a.c:9:2: error: declaración implícita de la función `follow_pfn'; ¿quiso decir `follow_pte'?",
    ],
    "a.c:4:9: warning: passing argument 2 of ‘f’ from incompatible pointer type [-Wincompatible-pointer-types]": [
        "a.c:4:9: 警告：传递‘f’的第 2 个参数时在不兼容的指针类型间转换 [-Wincompatible-pointer-types]",
        "a.c:4:9: Warnung: Übergabe des Arguments 2 von »f« von inkompatiblem Zeigertyp [-Wincompatible-pointer-types]",
        "a.c:4:9: 警告: 互換性のないポインタ型から 2 番目の ‘f’ の引数に渡しています [-Wincompatible-pointer-types]",
        "a.c:4:9: UYARI: 'f' işlevinin 2. argümanı uyumsuz [-Wincompatible-pointer-types]",
    ],
    "a.c:4:9: error: initialization of ‘int (*)(struct a *)’ from incompatible pointer type ‘void (*)(struct b *)’": [
        "a.c:4:9: Fehler: Initialisierung von »int (*)(struct a *)« von inkompatiblem Zeigertyp »void (*)(struct b *)«",
        "a.c:4:9: fel: initiering av ”int (*)(struct a *)” från inkompatibel pekartyp ”void (*)(struct b *)”",
        "a.c:4:9: помилка: ініціалізація «int (*)(struct a *)» з несумісного типу вказівника «void (*)(struct b *)»",
    ],
    "a.c:4:9: error: assignment to ‘char *’ from ‘int’ makes pointer from integer without a cast": [
        "a.c:4:9: erreur: l'affectation à « char * » depuis « int » transforme un entier en pointeur sans transtypage",
        "a.c:4:9: error: la asignación a `char *' desde `int' crea un puntero desde un entero sin una conversión",
    ],
    "a.c:4:9: error: passing argument 1 of ‘f’ makes integer from pointer without a cast": [
        "a.c:4:9: 错误：传递‘f’的第 1 个参数时将指针赋给整数，未作类型转换",
        "a.c:4:9: ошибка: при передаче аргумента 1 «f» указатель преобразуется в целое без приведения типа",
    ],
    "a.c:5:9: error: ‘VM_X’ undeclared (first use in this function); did you mean ‘VM_Y’?": [
        "a.c:5:9: 错误：‘VM_X’未声明（在此函数内第一次使用）；您是指‘VM_Y’吗？",
        "a.c:5:9: Fehler: »VM_X« nicht deklariert (erstmalige Verwendung in dieser Funktion); meinten Sie »VM_Y«?",
    ],
    "a.c:5:9: error: ‘VM_X’ undeclared here (not in a function)": [
        "a.c:5:9: 错误：‘VM_X’未声明(不在函数内)",
        "a.c:5:9: エラー: ‘VM_X’ がここでは宣言されていません (関数内ではない)",
    ],
    "a.c:5:9: fatal error: drm/drmP.h: No such file or directory": [
        "a.c:5:9: 致命错误：drm/drmP.h：没有那个文件或目录",
        "a.c:5:9: schwerwiegender Fehler: drm/drmP.h: Datei oder Verzeichnis nicht gefunden",
        "a.c:5:9: erreur fatale: drm/drmP.h\u00a0: Aucun fichier ou dossier de ce type",
        "a.c:5:9: fatal error: drm/drmP.h: Nie ma takiego pliku ani katalogu",
        "a.c:5:9: fatal error: drm/drmP.h: 그런 파일이나 디렉터리가 없습니다",
    ],
    "a.c:5:9: error: invalid type argument of ‘->’ (have ‘int’)": [
        "a.c:5:9: 错误：‘->’参数类型无效(有‘int’)",
        "a.c:5:9: Fehler: ungültiger Typ »int« für »->«",
    ],
    "a.c:5:9: error: conflicting types for ‘f’; have ‘int(void)’": [
        "a.c:5:9: Fehler: abweichende Typen für »f«; der bestehende Typ ist »int(void)«",
        "a.c:5:9: erreur: types conflictuels pour « f »\u00a0; a « int(void) »",
    ],
    "a.c:5:9: error: redefinition of ‘struct x’": [
        "a.c:5:9: 错误：‘struct x’重定义",
        "a.c:5:9: エラー: ‘struct x’ の再定義です",
    ],
    'a.c:5: warning: "A" redefined': ["a.c:5: 警告：“A”重定义", "a.c:5: Warnung: »A« redefiniert"],
    'a.c:5:9: error: macro "DRM_X" passed 3 arguments, but takes just 2': [
        "a.c:5:9: 错误：宏“DRM_X”传递了 3 个参数，但只需要 2 个",
        "a.c:5:9: Fehler: dem Makro »DRM_X« wurden 3 Argumente übergeben, aber es akzeptiert nur 2",
    ],
    "a.c:5:9: error: void value not ignored as it ought to be": [
        "a.c:5:9: 错误：void 值未如预期地被忽略",
        "a.c:5:9: ошибка: использование пустого (void) значения",
        "a.c:5:9: virhe: tyhjää arvoa ei jätetä huomioimatta, vaikka kuuluisi",
    ],
    'a.c:5:9: error: static assertion failed: "too big"': [
        'a.c:5:9: 错误：静态断言错误："too big"',
        'a.c:5:9: erreur: échec de l\'assertion statique: "too big"',
    ],
    "a.c:5:9: internal compiler error: Segmentation fault": [
        "a.c:5:9: 编译器内部错误：Segmentation fault",
        "a.c:5:9: interner Compiler-Fehler: Segmentation fault",
    ],
    "a.c:5:9: note: (near initialization for ‘nv_ops.remove’)": [
        "a.c:5:9: 附注：(在‘nv_ops.remove’的初始化附近)",
        "a.c:5:9: note: (près de l'initialisation de « nv_ops.remove »)",
    ],
    "a.c:5:9: note: expected ‘int’ but argument is of type ‘char *’": [
        "a.c:5:9: 附注：需要类型‘int’，但实参的类型为‘char *’",
        "a.c:5:9: note: « int » attendu mais l'argument est de type « char * »",
    ],
    "a.c:5:9: note: declared here": ["a.c:5:9: 備考: ここで宣言されています", "a.c:5:9: замечание: объявлено здесь"],
    "a.c: In function ‘nv_open’:": [
        "a.c: 在函数‘nv_open’中:",
        "a.c: 在函式 「nv_open」 中:",
        "a.c: Dans la fonction «\u00a0nv_open\u00a0»:",
        "a.c: 関数 ‘nv_open’ 内:",
        "a.c: 'nv_open' işlevinde:",
        "a.c: I funktion ”nv_open”:",
        "a.c: In functie ‘nv_open’:",
        "a.c: In Funktion >>nv_open<<:",
    ],
    "a.c: At top level:": ["a.c: 在文件作用域：", "a.c: Auf höchster Ebene:", "a.c: トップレベル:"],
    "In file included from /x/nv.h:9,": [
        "包含于文件 /x/nv.h:9,",
        "In Datei, eingebunden von /x/nv.h:9,",
        "                 depuis /x/nv.h:9,",
        "次のファイルから読み込み:  /x/nv.h:9,",
    ],
    "gcc: error: unrecognized command-line option ‘-mfoo’": [
        "gcc: Fehler: unbekannte Kommandozeilenoption »-mfoo«",
        "gcc: 错误：无法识别的命令行选项‘-mfoo’",
    ],
    "gcc: fatal error: Killed signal terminated program cc1": [
        "gcc: 致命错误：已杀死 signal terminated program cc1",
        "gcc: schwerwiegender Fehler: Signal Getötet hat Programm cc1 beendet",
    ],
    "cc1: fatal error: error writing to /tmp/ccA.s: No space left on device": [
        "cc1: 致命错误：写入 /tmp/ccA.s 时出错：设备上没有空间",
        "cc1: schwerwiegender Fehler: Fehler beim Schreiben der Datei /tmp/ccA.s:"
        " Auf dem Gerät ist kein Speicherplatz mehr verfügbar",
    ],
    "make[2]: *** [Makefile.build:234: /root/nv.o] Error 1": [
        "make[2]: *** [Makefile.build:234：/root/nv.o] 错误 1",
        "make[2]: *** [Makefile.build:234: /root/nv.o] Fehler 1",
        "make[2]: *** [Makefile.build:234 : /root/nv.o] Erreur 1",
        "make[2]: *** [Makefile.build:234: /root/nv.o] エラー 1",
        "make[2]: *** [Makefile.build:234: /root/nv.o] Ошибка 1",
        "make[2]: *** [Makefile.build:234: /root/nv.o] Błąd 1",
    ],
    "make: *** [Makefile:3: all] Killed": ["make: *** [Makefile:3：all] 已杀死", "make: *** [Makefile:3: all] Getötet"],
    "make: *** [Makefile:3: a.o] Deleting file 'a.o'": ["make: *** [Makefile:3: a.o] Удаляется файл «a.o»"],
    "make: *** Waiting for unfinished jobs....": [
        "make: *** 正在等待未完成的任务....",
        "make: *** Ожидание завершения заданий…",
        "make: *** Attente des tâches non terminées....",
    ],
    "make[1]: Target 'modules' not remade because of errors.": [
        "make[1]: 由于错误目标“modules”并未重新制作。",
        "make[1]: Das Ziel „modules“ wurde wegen Fehlern nicht neugemacht.",
        "make[1]: La cible « modules » n'a pas été refabriquée à cause d'erreurs.",
        "make[1]: Target 'modules' tidak dibuat lagi karena ada errors.",
    ],
    "make: *** No rule to make target '/x/a.c', needed by '/x/a.o'.  Stop.": [
        "make: *** 没有规则可制作目标“/x/a.c”，由“/x/a.o”。 停止。 需求",
        "make: ***  Aucune règle pour fabriquer la cible « /x/a.c », nécessaire pour « /x/a.o ». Arrêt.",
        "make: *** '/x/a.o' に必要なターゲット '/x/a.c' を make するルールがありません.  中止.",
    ],
    "make: *** /lib/modules/6.8/build: No such file or directory.  Stop.": [
        "make: *** /lib/modules/6.8/build: 没有那个文件或目录。 停止。",
        "make: *** /lib/modules/6.8/build: Datei oder Verzeichnis nicht gefunden.  Schluss.",
    ],
    "make[1]: Entering directory '/usr/src/linux'": [
        "make[1]: 进入目录“/usr/src/linux”",
        "make[1] : on entre dans le répertoire « /usr/src/linux »",
    ],
}
PAIRS = [
    "‘’",
    "''",
    "`'",
    "“”",
    "””",
    "““",
    "„“",
    "«»",
    "»«",
    "「」",
    ("«\u00a0", "\u00a0»"),
    ("<< ", " >>"),
    (">>", "<<"),
]
SWAPPED = [
    ("错误：{0}const struct bus_type{1}没有名为{0}iommu_ops{1}的成员", "no-member"),
    ("错误：提供给函数{0}eventfd_signal{1}的实参太多", "too-many-arguments"),
    ("erreur: l'affectation à {0}char *{1} depuis {0}int{1} transforme un entier en pointeur", "int-to-pointer-assign"),
    ("erreur: {0}int{1} n'a pas de membre nommé {0}x{1}; vouliez-vous employer {0}y{1} ?", "no-member"),
    ("помилка: невідоме ім'я типу: {0}u_char{1}", "unknown-type-name"),
    ("Fehler: abweichende Typen für {0}f{1}; der bestehende Typ ist {0}int(void){1}", "conflicting-types"),
    ("error: too many arguments to function {0}f{1}", "too-many-arguments"),
]


def reading(shape: ClassifiedLine | None) -> tuple[object, ...] | None:
    """What a line says, without the words in which it says it."""
    if shape is None:
        return None
    return shape.role, shape.tool, shape.severity, shape.kind, shape.captures, shape.place


@pytest.mark.parametrize(
    ("english", "line"), [(english, line) for english, lines in TWINS.items() for line in lines], ids=str
)
def test_a_translation_reads_as_its_english_twin(english: str, line: str) -> None:
    shape = classify_line(line)
    assert shape is not None
    assert reading(shape) == reading(classify_line(english))
    assert shape.kind != "unknown"
    if shape.role in ("complaint", "note"):
        assert line.endswith(shape.message)


@given(template=st.sampled_from(SWAPPED), pair=st.sampled_from(PAIRS))
def test_the_pair_of_quotes_changes_nothing(template: tuple[str, str], pair: str | tuple[str, str]) -> None:
    text, kind = template
    shape = classify_line("nv.c:7:9: " + text.format(*pair))
    usual = classify_line("nv.c:7:9: " + text.format("‘", "’"))
    assert shape is not None
    assert shape.kind == kind
    assert reading(shape) == reading(usual)


@pytest.mark.parametrize(
    "line",
    [
        "Fehler: Die Installation ist fehlgeschlagen",
        "nv.c: siehe unten:",
        "nv.c: ‘nv_open’:",
        "ich sehe das auch: nv.c:12: was soll das: hilfe",
        "错误：我的显卡没有名为“vgpu”的设备",
        "大家好，编译时提示：没有那个文件或目录",
        "note: pour la suite, voir « ici » :",
        "ошибка в nv.c:12, строка ниже:",
        "gcc (Debian 12.2.0-14) 12.2.0：编译器",
        "make : la commande qui échoue chez moi",
        "von hier: /x/readme.txt,",
    ],
)
def test_ordinary_text_is_no_diagnostic(line: str) -> None:
    shape = classify_line(line)
    assert shape is None or shape.role in ("scope", "chain")


def test_an_unknown_body_keeps_its_severity_and_place() -> None:
    shape = classify_line("nv.c:7:9: ошибка: что-то новое про «x»")
    assert reading(shape) == reading(classify_line("nv.c:7:9: error: something new about ‘x’"))
    assert shape is not None
    assert shape.message == "что-то новое про «x»"


ENGLISH_LOG = """\
make[1]: Entering directory '/usr/src/linux'
nv.c: In function ‘nv_signal’:
nv.c:21:9: error: too many arguments to function ‘eventfd_signal’
   21 |         eventfd_signal(ctx, 1);
      |         ^~~~~~~~~~~~~~
In file included from nv.c:9:
/inc/eventfd.h:87:20: note: declared here
   87 | static inline void eventfd_signal(struct eventfd_ctx *ctx)
      |                    ^~~~~~~~~~~~~~
make[1]: *** [Makefile:5: nv.o] Error 1
"""
CHINESE_LOG = """\
make[1]: 进入目录“/usr/src/linux”
nv.c: 在函数‘nv_signal’中:
nv.c:21:9: 错误：提供给函数‘eventfd_signal’的实参太多
   21 |         eventfd_signal(ctx, 1);
      |         ^~~~~~~~~~~~~~
包含于文件 nv.c:9:
/inc/eventfd.h:87:20: 附注：在此声明
   87 | static inline void eventfd_signal(struct eventfd_ctx *ctx)
      |                    ^~~~~~~~~~~~~~
make[1]: *** [Makefile:5：nv.o] 错误 1
"""


def test_a_whole_log_reads_as_its_english_twin() -> None:
    def told(log: str) -> list[tuple[object, ...]]:
        found = diagnostics([Block(log.rstrip("\n") + "\n", 1)], "log", FactCollector("log"))
        return [
            (one.kind, one.captures, one.log_line, one.function, one.excerpt, [note.kind for note in one.notes])
            for one in found
        ]

    assert told(CHINESE_LOG) == told(ENGLISH_LOG)


def test_english_lines_do_not_load_the_other_languages() -> None:
    lines = [english for english in TWINS if english.isascii()] + ENGLISH_LOG.splitlines()
    program = (
        "import sys; from vgpu_doctor.grammar.lines import classify_line\n"
        f"for line in {lines!r}: classify_line(line)\n"
        "sys.exit('vgpu_doctor.grammar.localised' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize(
    "start", ["nv.c:7:9: 错误：", "nv.c:7:9: error: ", "nv.c: ", "make: *** [", "gcc: 错误：", "é"]
)
@pytest.mark.parametrize("part", ["“", "’", "«", "<<", "; ", "{", "[-W", "/a", "é", ": ", "¤", "‘x’ {a ", "...", "1"])
def test_work_is_linear(start: str, part: str) -> None:
    def work(times: int) -> int:
        return instructions(lambda: in_english(start + part * times + ":"))

    in_english(start)  # what is made once is made
    assert work(1024) < 5 * work(256) + 1000
