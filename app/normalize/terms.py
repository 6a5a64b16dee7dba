"""The rows of the vocabulary read by `lexicon`: `english, english | 中文 中文`, the first entry is the identity.

A word may have several rows, and a row may lack Chinese.
"""

TERMS = """
ai, artificial intelligence | 人工智慧 人工智能
large language model, llm | 大型語言模型 大語言模型
multimodal large language model, mllm, multimodal llm, multimodal large model | 多模態大型語言模型 多模態大語言模型
multimodal large language model | 多模態大模型
vision language model, vlm, visual language model | 視覺語言模型
vision language action model, vla, vla model | 視覺語言動作模型
small language model, slm | 小型語言模型 小語言模型
large reasoning model, lrm | 大型推理模型
large model | 大模型 大型模型
foundation model | 基礎模型 基座模型
frontier model | 前沿模型
world model | 世界模型
reward model | 獎勵模型
language model | 語言模型
reasoning model | 推理模型
diffusion model | 擴散模型
machine learning, ml | 機器學習
deep learning, dl | 深度學習
reinforcement learning, rl | 強化學習 增強學習
reinforcement learning from human feedback, rlhf | 人類反饋強化學習 人類回饋強化學習 基於人類反饋的強化學習
reinforcement learning from human feedback | 基於人類回饋的強化學習
supervised learning | 監督學習 監督式學習
self supervised learning | 自監督學習 自監督式學習
semi supervised learning | 半監督學習 半監督式學習
unsupervised learning | 無監督學習 非監督學習 非監督式學習
federated learning, fl | 聯邦學習 聯邦式學習 聯合學習
transfer learning | 遷移學習 轉移學習
continual learning, continuous learning | 持續學習 連續學習
meta learning | 元學習
contrastive learning | 對比學習
active learning | 主動學習
representation learning | 表示學習 表徵學習
imitation learning | 模仿學習
curriculum learning | 課程學習
in context learning, icl | 上下文學習 情境學習
few shot | 少樣本 小樣本
zero shot | 零樣本
one shot | 單樣本
generative ai, genai, generative artificial intelligence | 生成式人工智慧 生成式ai
agentic ai | 代理式ai 代理式人工智慧 智能體ai
artificial general intelligence, agi | 通用人工智慧
superintelligence, super intelligence, asi, artificial superintelligence | 超級智慧 超級智能 超智能 超人工智慧
embodied ai, embodied intelligence | 具身智能 具身智慧 具身ai 具身人工智慧
embodied | 具身
physical ai | 物理ai 實體ai 物理人工智慧
responsible ai | 負責任ai 負責任的ai 負責任人工智慧
trustworthy ai | 可信ai 可信賴ai 可信人工智慧
explainable ai, xai | 可解釋ai 可解釋人工智慧
sovereign ai | 主權ai
on device ai | 端側ai 端上智能 裝置端ai 設備端ai 端側智能
edge ai | 邊緣ai 邊緣智能
multi agent system, multiagent, multi agent | 多智能體系統 多代理系統 多智能體 多代理 多代理人系統 多代理人
agent | 智能體 代理人 智慧體
ai agent | ai代理 ai代理人 ai智能體 人工智慧代理 人工智能體
agentic | 代理式
retrieval augmented generation, rag, retrieval augmentation | 檢索增強生成 檢索增強 檢索擴增生成
chain of thought, cot, chain of thought prompting | 思維鏈 思考鏈
mixture of expert, moe | 混合專家 專家混合 混合專家模型
knowledge graph | 知識圖譜
knowledge base | 知識庫
knowledge | 知識
graph neural network, gnn | 圖神經網路 圖神經網絡 圖神經网络
graph attention network, gat | 圖注意力網路 圖注意力网络
convolutional neural network, cnn | 卷積神經網路 卷積神經网络
recurrent neural network, rnn | 循環神經網路 循環神經网络
generative adversarial network, gan | 生成對抗網路 生成對抗网络 生成式對抗網路
neural network | 神經網路 神經網絡
neural | 神經
network | 網路 網絡
attention mechanism | 注意力機制
self attention | 自注意力 自注意力機制
sparse attention | 稀疏注意力
attention | 注意力
transformer, transformer architecture | 變換器 transformer架構
tokenizer | 分詞器 斷詞器 標記器
tokenization, tokenisation | 分詞 斷詞 標記化 詞元化
token | 詞元
embedding | 嵌入 嵌入向量
vector | 向量
vector database, vector db | 向量資料庫 向量數據庫 向量db
database, db | 資料庫 數據庫
data center, datacenter, data centre | 資料中心 數據中心
data | 資料 數據
dataset, data set | 資料集 數據集
big data | 大數據 大資料
synthetic data | 合成資料 合成數據
training data | 訓練資料 訓練數據
information | 資訊 信息
metadata | 元資料 元數據 後設資料 中繼資料
hallucination | 幻覺
alignment | 對齊
inference | 推論 ai推理 模型推理
reasoning | 推理
training | 訓練
pretraining, pre training | 預訓練
post training | 後訓練
fine tuning, finetuning | 微調
instruction tuning | 指令微調 指令調優
quantization, quantisation | 量化
quantization aware training, qat | 量化感知訓練
post training quantization, ptq | 訓練後量化 後訓練量化
distillation, knowledge distillation | 蒸餾 知識蒸餾
pruning | 剪枝
compression | 壓縮
optimization, optimisation | 最佳化 優化
optimizer, optimiser | 優化器 最佳化器
direct preference optimization, dpo | 直接偏好優化 直接偏好最佳化
preference | 偏好
policy | 策略
interpretability | 可解釋性
explainability | 可說明性
mechanistic interpretability | 機械可解釋性 機制可解釋性 機理可解釋性
robustness | 魯棒性 穩健性 強健性
generalization, generalisation | 泛化
overfitting | 過擬合 過度擬合
scaling law | 縮放定律 規模定律 尺度定律 擴展定律 縮放法則
context window | 上下文窗口 上下文視窗 脈絡視窗
context engineering | 上下文工程 脈絡工程 情境工程
long context | 長上下文 長脈絡 長文本
context | 上下文
prompt engineering | 提示工程 提示詞工程
prompt injection | 提示注入 提示詞注入
prompt | 提示詞 提示
injection | 注入
jailbreak, jailbreaking | 越獄
red teaming, red team | 紅隊測試 紅隊 紅隊演練
guardrail | 護欄 防護欄
benchmark | 基準 基準測試 評測基準
leaderboard | 排行榜
evaluation | 評估 評測 評量
function calling, function call | 函數呼叫 函數調用 函式呼叫 函式調用
tool use | 工具使用
tool calling | 工具呼叫 工具調用
tool | 工具
computer use | 電腦操作 計算機使用 電腦使用
computer vision, cv | 電腦視覺 計算機視覺 機器視覺
natural language processing, nlp | 自然語言處理
natural language | 自然語言
speech recognition, asr, automatic speech recognition, speech to text, stt | 語音辨識 語音識別 自動語音辨識 語音轉文字
text to speech, tts, speech synthesis | 語音合成 文本轉語音 文字轉語音
optical character recognition, ocr | 光學字元辨識 光學字符識別 文字識別 文字辨識
face recognition, facial recognition | 人臉辨識 人臉識別 臉部辨識
image recognition | 圖像識別 影像辨識
object detection | 目標檢測 物件偵測 物體檢測
image segmentation | 圖像分割 影像分割
segmentation | 分割
classification | 分類
clustering | 聚類 分群
homology | 同源
recognition | 識別 辨識
detection | 檢測 偵測
recommendation system, recommender system, recommender | 推薦系統
text to image, t2i | 文生圖 文本生成圖像 文字生成圖片 文字轉圖像
text to video, t2v | 文生影片 文生視頻 文字生成影片 文本生成視頻
image to video, i2v | 圖生影片 圖生視頻
text to 3d | 文生3d
image generation | 圖像生成 圖片生成 影像生成
image editing | 圖像編輯 圖片編輯 影像編輯
video generation | 視頻生成 影片生成
video understanding | 視頻理解 影片理解
code generation | 程式碼生成 代碼生成 程式生成
music generation | 音樂生成
image | 圖像 圖片 影像
video | 視頻 影片
audio | 音訊 音頻
voice | 語音
speech | 口語
music | 音樂
vision, visual | 視覺
multimodal, multi modal | 多模態
modality | 模態
generation | 生成
understanding | 理解
editing | 編輯
vibe coding | 氛圍編程 氛圍編碼 氛圍程式設計
coding, programming | 編程 程式設計 編碼
code | 代碼 程式碼
software | 軟體 軟件
hardware | 硬體 硬件
open source | 開源 開放原始碼 開放源碼
open source model | 開源模型
open weight | 開放權重 開源權重
closed source | 閉源
weight | 權重
parameter | 參數
gradient | 梯度
gradient flow | 梯度流
loss function | 損失函數
algorithm | 演算法 算法
architecture | 架構
framework | 框架
platform | 平台
system | 系統
service | 服務
software as a service, saas | 軟體即服務 軟件即服務
model as a service, maas | 模型即服務
platform as a service, paas | 平台即服務
infrastructure as a service, iaas | 基礎設施即服務
infrastructure, infra | 基礎設施 基礎建設 基礎架構
cloud computing | 雲端運算 雲計算 雲運算
cloud native | 雲原生
cloud | 雲端
edge computing | 邊緣運算 邊緣計算
quantum computing | 量子運算 量子計算
high performance computing, hpc | 高效能運算 高性能計算
computing power, compute | 算力 運算能力
computing | 運算 計算
quantum | 量子
quantum computer | 量子電腦 量子計算機
supercomputer | 超級電腦 超級計算機
server | 伺服器 服務器
chip | 晶片 芯片
ai chip | ai晶片
optical chip, photonic chip | 光晶片 光芯片
nanometer, nm | 奈米 納米
semiconductor | 半導體
wafer | 晶圓
foundry, wafer foundry | 晶圓代工
advanced packaging | 先進封裝 先進包裝
lithography | 光刻 微影
extreme ultraviolet lithography, euv, extreme ultraviolet | 極紫外光刻 極紫外光 極紫外光微影
lithography machine | 光刻機 曝光機
memory | 記憶體 內存
high bandwidth memory, hbm | 高頻寬記憶體 高帶寬內存 高頻寬內存
gpu, graphic processing unit, graphics processor | 圖形處理器 繪圖處理器 圖形處理單元 顯卡
cpu, central processing unit | 中央處理器 中央處理單元
npu, neural processing unit | 神經處理單元 神經網路處理器
processor | 處理器
silicon carbide, sic | 碳化矽 碳化硅
gallium nitride, gan semiconductor | 氮化鎵
silicon | 硅 矽
silicon photonics | 矽光子 硅光子 硅光
co packaged optics, cpo | 共封裝光學
kv cache, key value cache | kv快取 kv緩存 鍵值快取 鍵值緩存
cache | 快取 緩存
latency | 延遲
throughput | 吞吐量
bandwidth | 頻寬 帶寬
autonomous driving, self driving | 自動駕駛 自駕
driverless, driverless driving | 無人駕駛
autonomous vehicle, self driving car | 自動駕駛汽車 自駕車 自動駕駛車
robotaxi, robo taxi | 無人計程車 無人駕駛出租車 自駕計程車 無人出租車 無人駕駛計程車
humanoid robot, humanoid | 人形機器人
industrial robot | 工業機器人
robotics | 機器人學 機器人技術
robot | 機器人
drone, unmanned aerial vehicle, uav | 無人機
electric vehicle, ev, electric car | 電動車 電動汽車
new energy vehicle, nev | 新能源汽車 新能源車
battery | 電池
solid state battery | 固態電池
lithium battery, lithium ion battery | 鋰電池 鋰離子電池
sodium ion battery, sodium ion, sodium battery | 鈉離子電池 鈉電池 鈉電
energy storage | 儲能
solar pv, photovoltaic, pv | 光伏 太陽能光電
renewable energy | 可再生能源 再生能源
nuclear energy, nuclear power | 核能 核電
nuclear fusion | 核融合 核聚變
power grid | 電網
energy | 能源
carbon emission | 碳排放
ai safety | ai安全 人工智慧安全
ai security | ai資安
ai ethics, ethical ai | ai倫理 人工智慧倫理 ai道德
ai governance | ai治理 人工智慧治理
ai regulation | ai監管 人工智慧監管
cybersecurity, cyber security, information security, infosec | 網路安全 網絡安全 資安 資訊安全 信息安全
national security | 國家安全 國安
safety | 安全性
governance | 治理
compliance | 合規
regulation | 監管
privacy | 隱私
differential privacy | 差分隱私
privacy protection | 隱私保護
encryption | 加密
homomorphic encryption | 同態加密
cryptocurrency, crypto currency | 加密貨幣 虛擬貨幣
blockchain | 區塊鏈
stablecoin | 穩定幣
zero trust | 零信任
zero day, 0day, zero day vulnerability, 0 day vulnerability | 零日漏洞 零時差漏洞 零日
vulnerability | 漏洞
malware, malicious software | 惡意軟體 惡意程式 惡意軟件
ransomware | 勒索軟體 勒索軟件
phishing | 網路釣魚 釣魚 釣魚攻擊
backdoor | 後門
deepfake, deep fake | 深偽 深度偽造 深假
watermark, watermarking | 浮水印 水印
supply chain | 供應鏈
supply chain attack | 供應鏈攻擊
adversarial attack | 對抗攻擊 對抗性攻擊
attack | 攻擊
fingerprinting, fingerprint | 指紋
website | 網站
browser | 瀏覽器
search engine | 搜尋引擎 搜索引擎
search | 搜尋 搜索
spectral bias | 頻譜偏差 譜偏差
bias | 偏見 偏差
fairness | 公平性
copyright | 版權 著作權
intellectual property | 智慧財產權 知識產權 智財權
patent | 專利
export control | 出口管制
tariff | 關稅
sanction | 制裁
trade war | 貿易戰
monetary policy | 貨幣政策
rate cut, interest rate cut | 降息
rate hike, interest rate hike | 加息 升息
inflation | 通膨 通貨膨脹 通脹
interest rate | 利率
central bank | 央行 中央銀行
funding, fundraising, financing | 融資 募資
valuation | 估值
ipo, initial public offering | 首次公開募股 首次公開發行
mergers and acquisitions | 併購
acquisition | 收購
venture partner
capital | 資本
venture capital, vc | 風險投資 創投 風投
private equity | 私募股權
investment | 投資
layoff | 裁員
startup | 新創 初創公司 新創公司 初創企業 創業公司
unicorn | 獨角獸
revenue | 營收 收入
market capitalization, market cap | 市值
stock market | 股市
digital twin | 數位孿生 數字孿生
digital transformation | 數位轉型 數字化轉型
metaverse | 元宇宙
virtual reality, vr | 虛擬實境 虛擬現實
augmented reality, ar | 擴增實境 增強現實
mixed reality | 混合實境 混合現實
internet of thing, iot | 物聯網
smart city | 智慧城市
smart glass, smart eyewear, smartglass | 智慧眼鏡 智能眼鏡
smartphone | 智慧型手機 智能手機
smart | 智慧型
intelligence | 智能 智慧
phone | 手機
wearable | 穿戴裝置 可穿戴設備 穿戴式裝置
operating system, os | 作業系統 操作系統
application, app | 應用程式 應用
api | 應用程式介面
gateway | 閘道 網關
provider | 供應商
developer | 開發者
user | 使用者 用戶
enterprise | 企業
series | 系列
workflow | 工作流 工作流程
automation | 自動化
chatbot | 聊天機器人
virtual assistant | 虛擬助理 虛擬助手
assistant | 助理 助手
ai assistant | ai助理 ai助手
digital human, virtual human | 數位人 數字人 虛擬人
copilot system | 副駕駛
medical imaging | 醫療影像 醫學影像 醫學成像
healthcare, health care | 醫療保健 醫療健康
medical | 醫療 醫學
drug discovery | 藥物發現 藥物研發
protein folding | 蛋白質摺疊 蛋白質折疊
protein design | 蛋白質設計
protein | 蛋白質
gene editing | 基因編輯
brain computer interface, bci | 腦機介面 腦機接口
bioinformatics | 生物資訊學 生物信息學
education | 教育
finance | 金融
manufacturing | 製造業 製造
agriculture | 農業
retail | 零售
logistics | 物流
tactile | 觸覺
sensor | 感測器 傳感器
lidar | 光達 激光雷達
simulation | 模擬 仿真
memory mechanism | 記憶機制
knowledge cutoff | 知識截止
speculative decoding | 推測解碼 投機解碼 推測性解碼
decoding | 解碼
decoder | 解碼器
encoder | 編碼器
autoencoder | 自編碼器
variational autoencoder, vae | 變分自編碼器
gaussian splatting | 高斯潑濺
backpropagation | 反向傳播
stochastic gradient descent, sgd | 隨機梯度下降
gradient descent | 梯度下降
parallelism | 並行
distributed training | 分散式訓練 分布式訓練
distributed computing | 分散式運算 分布式計算
distributed | 分散式 分布式
caching | 快取機制
load balancing | 負載平衡 負載均衡
observability | 可觀測性
scalability | 可擴展性
test time compute, inference time compute | 測試時計算 推理時計算
emergent ability, emergence | 湧現 湧現能力
singularity | 奇點
turing test | 圖靈測試
human in the loop | 人在迴路 人機協作迴圈
human feedback | 人類反饋 人類回饋
feedback | 反饋 回饋
common sense | 常識
causal inference | 因果推斷 因果推論
causal | 因果
planning | 規劃
decision making | 決策
optimization problem | 最佳化問題
time series | 時間序列
anomaly detection | 異常檢測 異常偵測
sentiment analysis | 情感分析 情緒分析
machine translation | 機器翻譯
translation | 翻譯
text classification | 文本分類
text | 文本 文字
summarization | 摘要生成 自動摘要
question answering, qa | 問答
dialogue system | 對話系統
document | 文件 文檔
language | 語言
model | 模型
learning | 學習
university | 大學
institute | 研究所 研究院 學院
laboratory, lab | 實驗室
foundation | 基金會
committee, commission | 委員會
association | 協會
department | 部門
ministry | 部
government | 政府
group | 集團
company, corporation | 公司
limited | 股份 有限公司 股份有限公司
holding | 控股
license, licence | 授權 許可證 許可協議
act | 法案
open | 開放
science | 科學
scientist | 科學家
research | 研究
engineering | 工程
technology, tech | 科技 技術
law | 法律
theory | 理論
method | 方法
multi | 多
last | 最後
deep research | 深度研究
deep thinking | 深度思考
silicon valley | 矽谷 硅谷
white house | 白宮
supreme court | 最高法院
"""

# English words that make a phrase a description without having a Chinese counterpart here.
PLAIN = """
action adapter advanced analysis analytics api art asset audit author aware bank based basic bench big blog bot
brain build builder business byte canvas card center chain chat check class classic client cluster coder college
community connect console content control core corporate course creator cyber daily deep demo deploy design desktop
detector device digital direct director discovery domain drive economy editor effect element enterprise entity
environment error event exchange expert explorer express extension factory feature file film flow format forum free
function fund game generative generator global guard guide hack health hub human idea index industry information
input insight institution integration interface international internet item kernel kit launch layer lead level
library life light limit link list live local machine magazine management manager map market math medicine meeting
message mission mobile mode monitor movie multilingual name nation national news node note notebook number object
office online operator option order output package page paper part party path pattern payment performance person
personal photo physics pipeline plan play player plugin point portal post power practice press print process product
production program project protocol proxy public quality query question rank rate reader reason record release
report request resource response result review reward risk role route router rule sale sample scale scanner scene
school science score screen script section self sequence series session set shop signal site skill social solution
source space stack stage standard state station step storage store strategy stream street structure studio study
suite summit support survey table task team template test testing theme thing think thinking time token topic trace
tracing track trade traffic train trainer type unit update value verified version view voice wallet watch wave web
wiki window word work worker workshop world writer zone memo notes keynote webinar hardware sdk cli ide os
prediction predictor parallel sharded proximal gradient
"""
