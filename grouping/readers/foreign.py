"""Sentences about files that are no front-page CSV: foreign tables, settlement lists, workbooks.

Pairs (English, Chinese) as in readers.messages.
"""

ROW: dict[str, tuple[str, str]] = {
    "list_alone": (
        "List %(line)s (setl_id %(setl)s) has neither the person nor the charges: it is a 4101A without its "
        "4101. Deliver the 4101 of the same settlement; it then closes by itself",
        "第 %(line)s 份清单（setl_id %(setl)s）没有人员信息，也没有费用：只有 4101A，缺同一结算的 4101。"
        "补报该结算的 4101 后，本条自动关闭",
    ),
    "principal_twice": (
        "Line %(line)s: two diagnoses are flagged as principal (%(codes)s); the doctor names one",
        "第 %(line)s 行有两个主要诊断标志（%(codes)s），由医师确定其中一个",
    ),
    "too_many_values": (
        "Line %(line)s: %(found)s entries of %(field)s, the form holds %(most)s; "
        "correct them in the hospital's system",
        "第 %(line)s 行%(field)s有 %(found)s 项，最多 %(most)s 项，在病案系统核对",
    ),
    "list_sum_conflict": (
        "Line %(line)s: total charges %(value)s yuan, the items add up to %(parts)s; correct one of them",
        "第 %(line)s 行医疗费总额 %(value)s 元，收费项目合计 %(parts)s 元，改正其中一个",
    ),
    "duration_form": (
        "Line %(line)s: %(field)s “%(value)s” is no duration; write days/hours/minutes such as 1/13/24",
        "第 %(line)s 行%(field)s“%(value)s”不是时长，按 天/小时/分钟 填写，如 1/13/24",
    ),
    "duration_negative": (
        "Line %(line)s: intensive care is entered on %(value)s and left on %(left)s; correct one of them",
        "第 %(line)s 行进重症监护室 %(value)s 晚于退出 %(left)s，改正其中一个",
    ),
    "weight_form": (
        "Line %(line)s: %(field)s “%(value)s” is no weight; write a number such as 1.0432",
        "第 %(line)s 行%(field)s“%(value)s”不是权重，填写数字，如 1.0432",
    ),
    "json_row": (
        "Line %(line)s is not valid JSON; export it again",
        "第 %(line)s 行不是有效的 JSON，重新导出",
    ),
    "json_name_twice": (
        "Line %(line)s: the field “%(name)s” stands twice in one object; keep one and export again",
        "第 %(line)s 行同一对象内字段“%(name)s”出现两次，只留一个后重新导出",
    ),
    "json_control": (
        "Line %(line)s: the field “%(name)s” holds characters that are no text; correct it and export again",
        "第 %(line)s 行字段“%(name)s”含有非文本字符，改正后重新导出",
    ),
    "json_no_setlinfo": (
        "Line %(line)s has no setlinfo; deliver the body of interface 4101 or 4101A",
        "第 %(line)s 行缺 setlinfo 节点，按 4101 或 4101A 接口的入参报送",
    ),
    "json_table": (
        "Line %(line)s: %(name)s is not a list of entries; deliver it as the interface says",
        "第 %(line)s 行 %(name)s 不是条目列表，按接口规范报送",
    ),
}

FILE: dict[str, tuple[str, str]] = {
    "json_no_object": (
        "The file does not begin with a JSON object or list; export the settlement lists as JSON",
        "文件开头不是 JSON 对象或数组，按 JSON 导出结算清单",
    ),
    "json_no_list": (
        "There is no settlement list in this file; export it again and check the period chosen there",
        "文件里没有结算清单，请核对导出的时间范围后重新导出",
    ),
    "json_between": (
        "Before list %(line)s, byte %(byte)s, stands something that is no list; export the file again",
        "第 %(line)s 份清单之前（第 %(byte)s 字节）有清单以外的内容，重新导出",
    ),
    "json_too_deep": (
        "List %(line)s is nested more than %(limit)s levels deep; deliver the body of the interface only",
        "第 %(line)s 份清单嵌套超过 %(limit)s 层，只报送接口入参",
    ),
    "json_cut": (
        "The file ends in the middle of list %(line)s; export and deliver it again",
        "文件在第 %(line)s 份清单中间结束，重新导出后再传",
    ),
    "one_column": (
        "The headings cannot be told apart; check the separator and the line of the headings",
        "表头分不开列，检查分隔符和表头所在行",
    ),
    "header_changed": (
        "These columns are no longer in the file: %(columns)s; export them again, "
        "or make a new version of the source's mapping",
        "文件里不再有这些列：%(columns)s，请重新导出，或为数据来源建立新的列对照版本",
    ),
    "missing_meanings": (
        "No column is read as: %(fields)s; complete the mapping of the source",
        "没有列对应：%(fields)s，请补全数据来源的列对照",
    ),
    "mapping_twice": (
        "Two columns are read as the same: %(fields)s; keep one of each in the mapping",
        "有两列对应同一项：%(fields)s，请在列对照中各留一列",
    ),
    "workbook_too_large": (
        "The workbook is larger than the allowed %(mib)s MiB; save it as CSV UTF-8 or export it in parts",
        "工作簿超过允许的 %(mib)s MiB，另存为“CSV UTF-8”或分批导出",
    ),
    "workbook_broken_workbook": (
        "The workbook is damaged or is no workbook; save it again as .xlsx",
        "工作簿已损坏或不是工作簿，重新另存为 .xlsx",
    ),
    "workbook_encrypted": (
        "The workbook is protected by a password or of the old .xls kind; save it as "
        ".xlsx without a password",
        "工作簿有密码保护或是旧的 .xls 格式，另存为不带密码的 .xlsx",
    ),
    "workbook_too_many_members": (
        "The workbook's archive holds more than %(limit)s parts; save a plain table as .xlsx",
        "工作簿内部超过 %(limit)s 个部件，只存一张普通表格为 .xlsx",
    ),
    "workbook_unpacked_too_large": (
        "The workbook unpacks to more than %(mib)s MiB; save it as CSV UTF-8",
        "工作簿解开后超过 %(mib)s MiB，另存为“CSV UTF-8”",
    ),
    "workbook_ratio": (
        "The workbook unpacks to more than %(limit)s times its size and is not opened; save it as CSV UTF-8",
        "工作簿解开后超过自身的 %(limit)s 倍，不予打开，另存为“CSV UTF-8”",
    ),
    "workbook_macros": (
        "The workbook holds macros or embedded programs; save it as .xlsx without them",
        "工作簿含有宏或嵌入程序，另存为不含宏的 .xlsx",
    ),
    "workbook_external_links": (
        "The workbook refers to other files or data sources; paste the values and save it again",
        "工作簿引用了其他文件或数据源，粘贴为数值后重新保存",
    ),
    "workbook_dtd": (
        "The workbook holds a document type definition or entities and is not opened; save it again as .xlsx",
        "工作簿含有文档类型定义或实体，不予打开，重新另存为 .xlsx",
    ),
    "workbook_no_sheet": (
        "The workbook has no visible sheet; show the sheet and save it again",
        "工作簿没有可见的工作表，取消隐藏后重新保存",
    ),
    "workbook_memory": (
        "The workbook needs more memory than is allowed; save it as CSV UTF-8",
        "工作簿占用内存超过允许值，另存为“CSV UTF-8”",
    ),
    "workbook_time": (
        "The workbook takes longer to read than is allowed; save it as CSV UTF-8",
        "工作簿读取时间超过允许值，另存为“CSV UTF-8”",
    ),
    "workbook_too_many_columns": (
        "Line %(line)s has more than %(limit)s columns; export the front page only",
        "第 %(line)s 行超过 %(limit)s 列，只导出病案首页",
    ),
    "workbook_row_too_long": (
        "The row on line %(line)s is longer than %(limit)s characters; correct it and save again",
        "第 %(line)s 行超过 %(limit)s 个字符，改正后重新保存",
    ),
}
