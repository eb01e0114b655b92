"""What a person's, a company's and a region's name look like; shapes only, no lookups."""

import re

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞"
    "熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓"
    "郁单杭洪包诸左石崔吉钮龚程嵇邢裴陆荣翁荀羊甄曲家封芮储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴"
    "甘斜厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍却"
    "璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚"
    "越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾沙须丰巢关蒯相查后荆红游竺权逯盖益桓公肖佟付涂覃邝冼代岳苟庹"
)
_COMPOUND = (
    "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯|南宫|独孤|端木|轩辕|长孙|宇文|鲜于|闻人|百里|呼延|单于"
)
_TITLES = (
    "总|董|经理|老师|先生|女士|小姐|工|主任|部长|科长|处长|局长|院长|校长|店长|厂长|会计|总监|老板|大夫|医生|教授|律师"
)
TITLED_PERSON = (
    rf"(?:{_COMPOUND}|[{_SURNAMES}])[\u4e00-\u9fff]{{0,2}}?(?:总经理|{_TITLES})"
    rf"|[老小阿][{_SURNAMES}](?![\u4e00-\u9fff])"
)
PERSON = (
    rf"{TITLED_PERSON}|(?:{_COMPOUND})[\u4e00-\u9fff]{{1,2}}|[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}"
    r"|[a-z][a-z.'\-]{1,20}(?: [a-z][a-z.'\-]{0,20}){0,2}"
)
_NAME = re.compile(
    rf"(?:{_COMPOUND})[\u4e00-\u9fff]{{1,2}}|[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}"
    rf"|(?:[{_SURNAMES}]|{_COMPOUND})[\u4e00-\u9fff]{{0,2}}(?:{_TITLES})|[老小阿][{_SURNAMES}]"
    r"|[\u4e00-\u9fff]{1,6}·[\u4e00-\u9fff]{1,8}|[a-z][a-z.'\-]{1,20}(?: [a-z][a-z.'\-]{0,20}){0,3}"
)
_JOBS = re.compile(
    r"(?:[\u4e00-\u9fffa-z/]{0,10}(?:总监|经理|主管|总裁|总经理|董事长|专员|主任|采购|工程师|负责人|老板|部长|科长|处长|厂长|店长|院长|校长|秘书|助理|会计|出纳|财务|合伙人|创始人|顾问)|c[efiot]o|hr|vp)"
)
_TITLED = re.compile(rf"(?:[{_SURNAMES}]|{_COMPOUND})(?:{_TITLES})")
_LEGAL = (
    "有限责任公司|股份有限公司|有限公司|集团|公司|研究院|研究所|事务所|工作室|合作社|经营部|门市部|营业部|商行|酒店|宾馆|餐厅|超市|商场|银行|医院"
    "|诊所|学院|学校|大学|中学|小学|幼儿园|中心|协会|委员会|分公司|基金会|俱乐部"
    "|书院|剧院|旅行社|歌舞团|剧团|律所|会所|公寓|度假村|民宿|电视台|出版社|报社|药房|药店|门诊|养老院|服务站|加油站|医美|健康|健身"
)
_SHORT_LEGAL = "厂|店|行|所|院|局|社|馆|城|坊|部|场"
_FOREIGN = r"(?:co\.?,?\s?ltd|inc|ltd|llc|corp|gmbh|limited|company|trading|group|tech)\.?"
_TRADES = (
    "科技|贸易|智能|机电|物流|食品|电子|机械|实业|商贸|网络|传媒|传播|文化|教育|咨询|信息|技术|通信|软件|医疗|医药|生物|环保|能源|建材|建筑|装饰"
    "|置业|地产|金融|投资|服饰|纺织|化工|材料|汽车|汽配|家居|家具|旅游|餐饮|农业|设备|仪器|激光|光电|电气|电器|电力|重工|制造|精工|股份|控股"
    "|国际|数码|港务|航运|包装|印刷|五金|塑料|橡胶|钢铁|制药|器械|玩具|珠宝|美妆|互联|云计算|新材|光伏|电商|供应链|智造|工业|商务|广告|设计"
    "|药业|酒业|牧业|渔业|乳业|茶业|木业|纸业|矿业|鞋业|物业|保险|证券|基金|服装|服务|美容|电信|航空|新能"
)
FIRM = rf"[\u4e00-\u9fffa-z0-9()&·\-]{{2,30}}?(?:{_LEGAL}|{_TRADES})"  # shows by its end that it is one
_COMPANY = re.compile(
    rf"[\u4e00-\u9fffa-z0-9()&·.\- ]{{2,40}}(?:{_LEGAL})|[\u4e00-\u9fffa-z0-9()&·\-]{{3,30}}(?:{_SHORT_LEGAL})"
    rf"|[\u4e00-\u9fffa-z0-9()&·\-]{{2,20}}(?:{_TRADES})|[a-z0-9&.\- ]{{2,40}}{_FOREIGN}"
    rf"|[\u4e00-\u9fff]{{2,20}}\([\u4e00-\u9fff]{{2,6}}\)(?:{_LEGAL})?"
)
AFTER_TRADE = rf"(?:(?<={_TRADES.replace('|云计算', '').replace('|供应链', '')})(?!有限|股份|集团|公司|(?:{_TRADES})))"

_PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾"
    "|内蒙古|广西|西藏|宁夏|新疆|香港|澳门"
)
_CITIES = (
    "石家庄|唐山|保定|太原|大同|沈阳|大连|长春|哈尔滨|南京|苏州|无锡|常州|南通|徐州|扬州|镇江|泰州|盐城|杭州|宁波|温州|嘉兴|绍兴|金华|义乌|台州"
    "|湖州|合肥|芜湖|福州|厦门|泉州|漳州|南昌|赣州|济南|青岛|烟台|潍坊|临沂|郑州|洛阳|武汉|宜昌|襄阳|长沙|株洲|广州|深圳|珠海|佛山|东莞|中山"
    "|惠州|汕头|南宁|桂林|柳州|海口|三亚|成都|绵阳|贵阳|昆明|拉萨|西安|兰州|西宁|银川|乌鲁木齐|呼和浩特|包头"
)
_AREAS = "华东|华北|华南|华中|西南|西北|东北|长三角|珠三角|京津冀|海外"
PLACES = f"{_PROVINCES}|{_CITIES}"
_REGION = re.compile(
    rf"(?:(?:{PLACES})(?:省|市|自治区)?){{1,2}}(?:[\u4e00-\u9fff]{{1,4}}[区县市])?|(?:{_AREAS})(?:区|地区|大区)?"
)
_ADDRESS = re.compile(r".*(?:路|街|大道|巷|弄|号|大厦|广场|园区|产业园|楼|层|室|村|镇).*")
_NAME_THEN_COMPANY = re.compile(
    rf"((?:{_COMPOUND})[\u4e00-\u9fff]{{1,2}}|[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}?)((?:{PLACES}).+)"
)
_INDUSTRY = re.compile(r"[\u4e00-\u9fff]{1,4}(?:业|行业)")


def is_person(key: str) -> bool:
    """马冬梅, 欧阳锋, 张总, 小王, John Smith."""
    return _NAME.fullmatch(key) is not None


def is_company(key: str) -> bool:
    """Ends like a company (公司, 厂, 中心, Co Ltd) or like the trade in its short name (海豚科技)."""
    return _COMPANY.fullmatch(key) is not None


def is_region(key: str) -> bool:
    return _REGION.fullmatch(key) is not None


def is_address(key: str) -> bool:
    return len(key) >= 5 and _ADDRESS.fullmatch(key) is not None


def is_job(key: str) -> bool:
    """采购总监, 总经理, CEO; 张经理 is a person."""
    return _JOBS.fullmatch(key) is not None and _TITLED.fullmatch(key) is None


def is_industry(key: str) -> bool:
    return _INDUSTRY.fullmatch(key) is not None


def split_name(key: str) -> int | None:
    """Where the company begins in 张三上海海豚科技有限公司: a name directly before a place; None if it is not so."""
    match = _NAME_THEN_COMPANY.fullmatch(key)
    if match is None or not is_company(match[2]) or is_region(key[: len(match[1])]):
        return None
    return len(match[1])
