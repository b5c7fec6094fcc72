"""Sentences about a front-page file that is refused as a whole.

Pairs (English, Chinese) as in readers.messages.
"""

FILE: dict[str, tuple[str, str]] = {
    "empty_file": (
        "The file is empty; export it again",
        "文件是空的，请重新导出",
    ),
    "utf16": (
        "The file is encoded in UTF-16; save it as CSV UTF-8 and deliver it again",
        "文件是 UTF-16 编码，另存为“CSV UTF-8”后再传",
    ),
    "nul_byte": (
        "Line %(line)s, byte %(byte)s is a NUL byte: no text file, or UTF-16; save it as CSV UTF-8",
        "第 %(line)s 行（第 %(byte)s 字节）有空字节，不是文本文件或是 UTF-16，另存为“CSV UTF-8”后再传",
    ),
    "mixed_encoding": (
        "Line %(line)s, byte %(byte)s changes from one encoding to another (UTF-8 and GB18030 in one file); "
        "export the file again in one encoding",
        "第 %(line)s 行（第 %(byte)s 字节）起编码改变，同一文件混有 UTF-8 和 GB18030，用一种编码重新导出",
    ),
    "not_text": (
        "Line %(line)s, byte %(byte)s belongs neither to UTF-8 nor to GB18030; "
        "export the file again in one of them",
        "第 %(line)s 行（第 %(byte)s 字节）既不是 UTF-8 也不是 GB18030，用其中一种编码重新导出",
    ),
    "file_too_large": (
        "The file is larger than %(limit)s MiB; export it in parts",
        "文件超过 %(limit)s MiB，请分批导出",
    ),
    "record_too_long": (
        "The record that begins in line %(line)s is longer than %(limit)s KiB; "
        "look for a quotation mark without its pair, or export with ordinary line ends",
        "第 %(line)s 行起的一条记录超过 %(limit)s KiB，检查不成对的引号，或用普通换行重新导出",
    ),
    "malformed_header": (
        "Line 1 cannot be read as CSV; export again with the column codes in line 1 and ordinary line ends",
        "第 1 行读不成 CSV 表头，重新导出，第 1 行为列代码，用普通换行",
    ),
    "wrong_delimiter": (
        "Line 1 separates the columns with “%(delimiter)s”; save the file with commas",
        "第 1 行用“%(delimiter)s”分列，另存为逗号分隔的 CSV",
    ),
    "too_many_columns": (
        "The file has %(found)s columns, at most %(limit)s are read; export the front page only",
        "文件有 %(found)s 列，最多 %(limit)s 列，只导出病案首页",
    ),
    "duplicate_columns": (
        "These columns stand in the header more than once: %(columns)s; keep one of each",
        "表头重复的列：%(columns)s，每列只留一个",
    ),
    "missing_columns": (
        "These columns are missing: %(columns)s; add them to the export",
        "缺少列：%(columns)s，请在导出中加上",
    ),
}
