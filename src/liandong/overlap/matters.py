"""What neighbourhood activities are about, as people write it. Words for one matter differ ("量血压", "测三高"); a pattern a matter makes them one.

Each line is a key and a regular expression over folded text. What a line finds is shown to people as the reason, in the words of their own text. A text that no
line finds is compared by its words alone, so a missing line costs sharpness and hides nothing.
"""

import re
from functools import lru_cache

from liandong.core.text import fold

_LINES = r"""
blood_pressure    血压|血糖|三高|高压低压|血氧
clinic            (?<!电)(?<!家电)(?:专家|名医|健康|中西医|医院|医生|大夫|医疗|巡回|上门|免费|社区|爱心|公益|便民|大型|现场|联合)(?:大夫)?义诊|义诊(?:到|进|日|服务|活动|咨询)|坐诊|看诊|家庭医生|问诊
chinese_medicine  中医|推拿|针灸|艾灸|把脉|号脉|拔罐|刮痧|耳穴|三伏贴|经络
eyes              视力|眼科|白内障|眼镜|配镜|验光|眼底|护眼|近视|老花镜
teeth             口腔|牙齿|洗牙|假牙|龋|刷牙|护牙|牙科|牙医|看牙
ears              听力|助听器
bones             骨密度|骨质疏松
memory            失智|认知症|认知障碍|认知筛查|老年痴呆|阿尔茨海默|记忆力
falls             跌倒|防摔|摔跤|摔倒
first_aid         急救|心肺复苏|aed|海姆立克|包扎
vaccine           疫苗|接种|打预防针
medicine          用药|过期药|药箱|药品|吃药|药师
blood_gift        献血|捐血
rehab             康复(?:操|训练|锻炼)|偏瘫|脑卒中后
diet              营养|控糖饮食|减盐|膳食|三减
health_talk       健康(?:讲座|知识|大讲堂|课堂|宣讲)|养生(?:讲座|课|知识)|防病
stress            减压|解压|松一松|心理(?:疏导|咨询|沙龙|讲座|健康|团辅|老师)|情绪(?:管理|疏导|课)|压力|正念|冥想
haircut           理发|义剪|剪头|剪发|理个发|剃头|修剪头发
bathing           助浴|洗澡|沐浴|擦身
meals             助餐|送餐|送饭|老年餐|爱心餐|午餐送|饭盒
feet              修脚|剪指甲|泡脚|足部护理
visit_lonely      (?:独居|空巢|孤寡|高龄|失独|留守).{0,10}(?:看望|探访|探望|走访|上门|串门|坐坐|敲门|陪|说说话|聊|慰问|结对)|(?:看望|探访|探望|陪|敲门|走访|串门|关爱|慰问).{0,6}(?:独居|空巢|孤寡|高龄|失独|留守)|常来看看|陪.{0,4}(?:说说话|聊聊天|聊天|唠)
house_cleaning    (?:擦|洗)(?:玻璃|窗|油烟机|空调)|(?:家政|居家|上门|家里|家中|入户).{0,4}(?:保洁|打扫|大扫除|清洁|收拾)|帮.{0,8}(?:打扫|大扫除|擦窗)
bedding           (?:洗|晒)(?:被|床单)|被褥|洗被子
sharpening        磨刀|磨剪|戗菜刀
sewing            缝补|裁缝|改衣|修拉链|锁边|缝纫|织补
photo_portrait    全家福|证件照|老年照|婚纱照|(?<!手机)拍(?:照|合影)|免费照相|银龄写真|肖像照
birthday          生日|寿星|庆生
double_ninth      重阳|敬老(?:节|月|宴)|老人节|千叟宴
phone_class       (?:手机|微信|智能机|智能设备|平板|电子产品|网上挂号|网约车|扫码).{0,10}(?:课|班|教|学|辅导|培训|小老师|帮手|挂号|玩转|操作|使用|不会|入门|一对一|帮您|反哺)|(?:教|学|会用|玩转|跨越|陪).{0,8}(?:手机|微信|智能机|智能设备|扫码|网上挂号)|数字鸿沟|数字反哺|数字(?:生活)?课堂|e 时代|银龄(?:数字|触网)
fraud             防诈|反诈|诈骗|骗局|防骗|养老骗|电诈|非法集资
home_aging        适老化|(?:装|安|加).{0,3}扶手|防滑垫|起夜灯
companion_doctor  陪诊|陪.{0,4}看病|就医陪|代取药
errands           跑腿|代买|代购|代办业务|代缴
choir             合唱|唱歌|歌咏|声乐|唱响|一起唱|红歌
dance             广场舞|舞蹈|民族舞|模特队|跳舞|旗袍秀
taichi            太极|八段锦|五禽戏|健身气功
calligraphy       书法|毛笔字|练字|硬笔
painting          国画|水彩|绘画|画画|素描|涂鸦|彩绘
chess             象棋|围棋|棋牌|下棋|棋王|棋艺|对弈
opera             京剧|戏曲|评剧|票友|越剧|昆曲|梆子|相声
paper_cut         剪纸|窗花
couplets          春联|写福|送福|福字|对联
lanterns          灯谜|元宵|花灯|闹元宵
dragon_boat       粽|端午|香包|香囊
mid_autumn        中秋|月饼|赏月
dumplings         饺子|冬至
laba              腊八
film              观影|电影|放映
history           党史|红色(?:故事|记忆|课堂|宣讲|教育)|口述史|老兵|老照片
reading           绘本|读书会|阅读|共读|朗读|亲子读|伴读|图书角|说书|故事会|讲故事|故事妈妈
book_swap         图书漂流|旧书|换书|书籍交换|赠书
after_school      四点半|课后|放学|三点半|托管|作业|晚托
summer_care       暑托|暑假(?:托|营|班)|夏令营|寒托|假期(?:托|营|看护)
science           科学|科普|实验|机器人|编程|天文|航模|无人机
handcraft         手工|diy|黏土|扎染|陶艺|编织|钩针|折纸|手作|巧手
craft_baking      烘焙|做面包|面点|蛋糕|饼干|西点
cooking           厨艺|做菜|学做饭|小厨师|家常菜
coffee            咖啡|拉花|手冲|茶艺|茶道|品茶
flowers           插花|花艺|盆栽|多肉
garden            种菜|种植|菜园|花园|认领.{0,4}(?:绿地|树)|植树|绿植|护绿|播种|堆肥
parenting         家庭教育|亲子(?:沟通|课堂|讲座|关系)|家长(?:课堂|学校|沙龙|讲座)|育儿|青春期
family_games      亲子(?:运动|趣味|游戏|嘉年华)|趣味运动|运动会|套圈|游园
ball_games        羽毛球|篮球|乒乓|足球|排球|气排球|飞盘|台球
walking           健步|徒步|毅行|健走|登山|骑行活动|跑团|夜跑
yoga              瑜伽|普拉提|肩颈|颈椎|拉伸|工间操|尊巴|体态
drowning          防溺水|溺水
traffic_kids      (?:儿童|孩子|学生|校园|小学|少年).{0,8}交通安全|小交警|交通安全.{0,8}(?:儿童|孩子|学生|课|小)
traffic_duty      文明(?:劝导|交通|出行)|护学岗|路口(?:值守|执勤|站岗)|交通劝导|斑马线
helmets           头盔
fire              消防|灭火|火灾|防火|逃生演练|疏散演练|火源
ebike             (?:电动车|电瓶车|电动自行车).{0,8}(?:充电|安全|规范|楼|停放|进楼)|飞线
gas               燃气|煤气|液化气|软管
disaster          地震|防震|防汛|应急演练|防灾|减灾|汛期
patrol            巡逻|夜巡|平安守护|红袖标|治安(?:志愿|宣传)|义警
stairway          楼道.{0,6}(?:清|堆|杂物|旧物|整治|搬)|清.{0,4}楼道|堆物|杂物|清理楼
street_clean      捡(?:垃圾|拾)|烟头|捡起.{0,8}垃圾|净滩|洁净|环境(?:整治|清洁|卫生|大扫除)|清扫|扫街|小广告|牛皮癣|白色垃圾|大扫除|除雪|扫雪|清雪|洁美|清洁家园|河道|护河
waste_sorting     垃圾分类|分类投放|厨余|桶前
clothes           旧衣|捐衣|衣物回收|闲置衣
flea_market       跳蚤|闲置(?:.{0,8}换|物品|集市)|以物易物|旧物(?:交换|置换|集市|改造)|换物
bikes_park        单车(?:摆放|整理|乱停)|车辆摆放|共享单车
bike_repair       修(?:自行车|单车|车)|自行车(?:维修|保养)
appliances        家电|电饭煲|电饭锅|电风扇|电扇|收音机|吹风机|小电器|电器(?:维修|修理)|修电器
plumbing          水电(?:维修|修)|水管|修水龙头|换灯泡|疏通|换锁|开锁
shoes_umbrella    修鞋|修伞|补鞋|修表
dogs              养犬|遛狗|文明养|宠物|流浪猫|绝育
high_throw        高空抛物
riders            (?:骑手|外卖|快递|环卫|户外劳动|户外工作|小哥|清洁工|新就业).{0,16}(?:歇|热水|凉茶|清凉|绿豆汤|饮水|喝水|休息|驿站|慰问|送水|充电|高温|暖冬|姜汤|热饮|早餐|粥)|歇脚|送清凉|清凉(?:驿站|一夏)|绿豆汤|驿站.{0,6}(?:热水|休息|开放)
gifts             (?:慰问品|米面油|送温暖|物资发放|棉衣|爱心礼包|暖冬(?:行动|礼包|物资)|困难(?:家庭|户|群众).{0,8}(?:慰问|走访|送))
charity_sale      义卖|募捐|慈善集市|筹款|捐款
singles           相亲|联谊|交友|单身|脱单|鹊桥|牵手
lunch_class       午间课|午休课堂|职工课堂|职工夜校|青年夜校|夜校
labour_law        劳动(?:合同|维权|争议|法)|欠薪|讨薪|工伤|五险
law               法律|律师|普法|民法典|遗嘱|继承|法务
social_insurance  社保|公积金|医保(?!药)|养老金|退休(?:政策|手续)|个税
jobs              招聘|找工作|求职|用工对接|岗位(?:推介|对接|信息)|双选会|就业(?:集市|市集|专场|推荐|服务)|零工
resume            简历|面试|职业规划|职业指导
skills            月嫂|收纳师|收纳|家政(?:培训|技能)|技能(?:培训|提升)|电工(?:证|培训)|护理员培训|育婴
startup           创业|开店|直播(?:带货|培训|电商|课)|短视频|电商(?:培训|课)
finance           融资|贷款|银企|信贷|金融(?:对接|服务)
policy            惠企|政策(?:宣讲|解读|辅导|直通车)|税(?:收优惠|务|费)|补贴(?:申请|申报|辅导)
digital_firm      数字化转型|上云|智能制造|数智|信息化改造
compliance        合规|知识产权|商标|专利
deaf_blind        手语|视障|听障|盲人|轮椅|无障碍|残健|残疾人.{0,6}(?:出行|体验|就业|运动)
english           英语|外语|口语角
music             音乐会|吉他|钢琴|乐器|口琴|葫芦丝|二胡|尤克里里
photography       摄影|手机拍照|拍照技巧
volunteer_class   志愿者(?:培训|骨干|能力)|督导|队长培训
drugs             禁毒|毒品|戒烟|控烟|艾滋
food_safety       食品安全|明厨亮灶
women             母乳|孕妈|两癌|产后|妇科|乳腺|宫颈癌
energy            节水|节能|低碳|光盘|碳中和
census            物业(?:协商|议事)|议事会|居民议事|协商会|加装电梯|停车(?:协商|难|议事)
"""
MATTERS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (line.split(None, 1)[0], re.compile(line.split(None, 1)[1].strip())) for line in _LINES.strip().splitlines()
)
# A narrower matter wins over the wider one it lies in.
_WIDER = {
    "clinic": {"blood_pressure", "chinese_medicine", "eyes", "teeth", "ears", "bones"},
    "law": {"labour_law"},
    "health_talk": {"falls", "diet", "medicine", "memory", "chinese_medicine"},
    "handcraft": {"paper_cut", "dragon_boat", "flowers"},
    "science": {"first_aid"},
    "lunch_class": {"yoga", "coffee", "flowers", "stress", "craft_baking"},
    "phone_class": {"photography"},
    "garden": {"flowers"},
    "street_clean": {"stairway"},
    "fire": {"ebike"},
    "photography": {"photo_portrait"},
    "calligraphy": {"couplets"},
    "house_cleaning": {"stairway"},
}


@lru_cache(maxsize=20_000)
def matters_in(text: str) -> dict[str, str]:
    """The matters a text names, each with the words that name it."""
    folded = fold(text).lower()
    found = {key: match.group(0) for key, pattern in MATTERS if (match := pattern.search(folded))}
    for wide, narrow in _WIDER.items():
        if narrow & found.keys():
            found.pop(wide, None)
    return found
