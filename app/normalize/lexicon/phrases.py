"""Rows of the vocabulary for phrases; `TERMS` adds the rows for single words from `words`.

A row is `english, english | 中文 中文`. Its first entry is the identity of all its entries. An identity
may have several rows, and a row may lack Chinese.
"""

from app.normalize.lexicon.words import WORDS

PHRASES = """
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
embodied ai, embodied intelligence | 具身智能 具身智慧 具身ai 具身人工智慧
physical ai | 物理ai 實體ai 物理人工智慧
responsible ai | 負責任ai 負責任的ai 負責任人工智慧
trustworthy ai | 可信ai 可信賴ai 可信人工智慧
explainable ai | 可解釋ai 可解釋人工智慧
sovereign ai | 主權ai
space exploration | 太空探索
on device ai | 端側ai 端上智能 裝置端ai 設備端ai 端側智能
edge ai | 邊緣ai 邊緣智能
multi agent system, multiagent, multi agent | 多智能體系統 多代理系統 多智能體 多代理 多代理人系統 多代理人
ai agent | ai代理 ai代理人 ai智能體 人工智慧代理 人工智能體
retrieval augmented generation, rag, retrieval augmentation | 檢索增強生成 檢索增強 檢索擴增生成
chain of thought, cot, chain of thought prompting | 思維鏈 思考鏈
mixture of expert, moe | 混合專家 專家混合 混合專家模型
knowledge graph | 知識圖譜
knowledge base | 知識庫
graph neural network, gnn | 圖神經網路 圖神經網絡 圖神經网络
graph attention network, gat | 圖注意力網路 圖注意力网络
convolutional neural network, cnn | 卷積神經網路 卷積神經网络
recurrent neural network, rnn | 循環神經網路 循環神經网络
generative adversarial network, gan | 生成對抗網路 生成對抗网络 生成式對抗網路
neural network | 神經網路 神經網絡
attention mechanism | 注意力機制
self attention | 自注意力 自注意力機制
sparse attention | 稀疏注意力
vector database, vector db | 向量資料庫 向量數據庫 向量db
data center, datacenter, data centre | 資料中心 數據中心
big data | 大數據 大資料
synthetic data | 合成資料 合成數據
training data | 訓練資料 訓練數據
post training | 後訓練
fine tuning, finetuning | 微調
instruction tuning | 指令微調 指令調優
quantization aware training, qat | 量化感知訓練
post training quantization, ptq | 訓練後量化 後訓練量化
direct preference optimization, dpo | 直接偏好優化 直接偏好最佳化
mechanistic interpretability | 機械可解釋性 機制可解釋性 機理可解釋性
scaling law | 縮放定律 規模定律 尺度定律 擴展定律 縮放法則
context window | 上下文窗口 上下文視窗 脈絡視窗
context engineering | 上下文工程 脈絡工程 情境工程
long context | 長上下文 長脈絡 長文本
prompt engineering | 提示工程 提示詞工程
prompt injection | 提示注入 提示詞注入
red teaming, red team | 紅隊測試 紅隊 紅隊演練
function calling, function call | 函數呼叫 函數調用 函式呼叫 函式調用
tool use | 工具使用
tool calling | 工具呼叫 工具調用
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
vibe coding | 氛圍編程 氛圍編碼 氛圍程式設計
open source | 開源 開放原始碼 開放源碼
open source model | 開源模型
open weight | 開放權重 開源權重
closed source | 閉源
gradient flow | 梯度流
loss function | 損失函數
software as a service, saas | 軟體即服務 軟件即服務
model as a service, maas | 模型即服務
platform as a service, paas | 平台即服務
infrastructure as a service, iaas | 基礎設施即服務
cloud computing | 雲端運算 雲計算 雲運算
cloud native | 雲原生
edge computing | 邊緣運算 邊緣計算
quantum computing | 量子運算 量子計算
high performance computing, hpc | 高效能運算 高性能計算
computing power, compute | 算力 運算能力
quantum computer | 量子電腦 量子計算機
ai chip | ai晶片
optical chip, photonic chip | 光晶片 光芯片
advanced packaging | 先進封裝 先進包裝
extreme ultraviolet lithography, euv, extreme ultraviolet | 極紫外光刻 極紫外光 極紫外光微影
lithography machine | 光刻機 曝光機
high bandwidth memory, hbm | 高頻寬記憶體 高帶寬內存 高頻寬內存
silicon carbide, sic | 碳化矽 碳化硅
gallium nitride, gan semiconductor | 氮化鎵
silicon photonics | 矽光子 硅光子 硅光
co packaged optics, cpo | 共封裝光學
kv cache, key value cache | kv快取 kv緩存 鍵值快取 鍵值緩存
autonomous driving, self driving | 自動駕駛 自駕
autonomous vehicle, self driving car | 自動駕駛汽車 自駕車 自動駕駛車
humanoid robot, humanoid | 人形機器人
industrial robot | 工業機器人
electric vehicle, ev, electric car | 電動車 電動汽車
new energy vehicle, nev | 新能源汽車 新能源車
solid state battery | 固態電池
lithium battery, lithium ion battery | 鋰電池 鋰離子電池
sodium ion battery, sodium ion, sodium battery | 鈉離子電池 鈉電池 鈉電
energy storage | 儲能
solar pv, photovoltaic, pv | 光伏 太陽能光電
renewable energy | 可再生能源 再生能源
nuclear energy, nuclear power | 核能 核電
nuclear fusion | 核融合 核聚變
power grid | 電網
carbon emission | 碳排放
ai safety | ai安全 人工智慧安全
ai security | ai資安
ai ethics, ethical ai | ai倫理 人工智慧倫理 ai道德
ai governance | ai治理 人工智慧治理
ai regulation | ai監管 人工智慧監管
national security | 國家安全 國安
differential privacy | 差分隱私
privacy protection | 隱私保護
homomorphic encryption | 同態加密
zero trust | 零信任
zero day, 0day, zero day vulnerability, 0 day vulnerability | 零日漏洞 零時差漏洞 零日
supply chain | 供應鏈
supply chain attack | 供應鏈攻擊
adversarial attack | 對抗攻擊 對抗性攻擊
search engine | 搜尋引擎 搜索引擎
spectral bias | 頻譜偏差 譜偏差
intellectual property | 智慧財產權 知識產權 智財權
export control | 出口管制
trade war | 貿易戰
monetary policy | 貨幣政策
rate cut, interest rate cut | 降息
rate hike, interest rate hike | 加息 升息
interest rate | 利率
central bank | 央行 中央銀行
mergers and acquisitions | 併購
venture partner
venture capital, vc | 風險投資 創投 風投
private equity | 私募股權
market capitalization, market cap | 市值
stock market | 股市
digital twin | 數位孿生 數字孿生
digital transformation | 數位轉型 數字化轉型
virtual reality, vr | 虛擬實境 虛擬現實
augmented reality, ar | 擴增實境 增強現實
mixed reality | 混合實境 混合現實
internet of thing, iot | 物聯網
smart city | 智慧城市
smart glass, smart eyewear, smartglass | 智慧眼鏡 智能眼鏡
operating system, os | 作業系統 操作系統
virtual assistant | 虛擬助理 虛擬助手
ai assistant | ai助理 ai助手
digital human, virtual human | 數位人 數字人 虛擬人
copilot system | 副駕駛
medical imaging | 醫療影像 醫學影像 醫學成像
drug discovery | 藥物發現 藥物研發
protein folding | 蛋白質摺疊 蛋白質折疊
protein design | 蛋白質設計
gene editing | 基因編輯
brain computer interface, bci | 腦機介面 腦機接口
memory mechanism | 記憶機制
knowledge cutoff | 知識截止
speculative decoding | 推測解碼 投機解碼 推測性解碼
variational autoencoder, vae | 變分自編碼器
gaussian splatting | 高斯潑濺
stochastic gradient descent, sgd | 隨機梯度下降
gradient descent | 梯度下降
distributed training | 分散式訓練 分布式訓練
distributed computing | 分散式運算 分布式計算
load balancing | 負載平衡 負載均衡
test time compute, inference time compute | 測試時計算 推理時計算
emergent ability, emergence | 湧現 湧現能力
turing test | 圖靈測試
human in the loop | 人在迴路 人機協作迴圈
human feedback | 人類反饋 人類回饋
common sense | 常識
causal inference | 因果推斷 因果推論
decision making | 決策
optimization problem | 最佳化問題
time series | 時間序列
anomaly detection | 異常檢測 異常偵測
sentiment analysis | 情感分析 情緒分析
machine translation | 機器翻譯
text classification | 文本分類
question answering, qa | 問答
dialogue system | 對話系統
deep research | 深度研究
deep thinking | 深度思考
silicon valley | 矽谷 硅谷
white house | 白宮
supreme court | 最高法院
"""

TERMS = PHRASES + WORDS.lstrip("\n")
