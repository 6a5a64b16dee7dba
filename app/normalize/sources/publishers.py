"""Publishers: the domain of a host name, and the name that readers know it by."""

# Prefixes of a host name that only choose a layout.
_LAYOUT_PREFIXES = ("www.", "m.", "mobile.", "amp.", "en.m.", "edition.")

_NAMES = {
    "36kr.com": "36氪",
    "9to5google.com": "9to5Google",
    "9to5mac.com": "9to5Mac",
    "ai-techpark.com": "AI-Tech Park",
    "aiacceleratorinstitute.com": "AI Accelerator Institute",
    "aibusiness.com": "AI Business",
    "ai.meta.com": "Meta AI",
    "anthropic.com": "Anthropic",
    "apnews.com": "AP",
    "apple.com": "Apple",
    "arstechnica.com": "Ars Technica",
    "artificialintelligence-news.com": "Artificial Intelligence News",
    "arxiv.org": "arXiv",
    "aws.amazon.com": "AWS",
    "axios.com": "Axios",
    "bbc.co.uk": "BBC",
    "bbc.com": "BBC",
    "blog.google": "Google",
    "bloomberg.com": "Bloomberg",
    "bnext.com.tw": "數位時代",
    "businessinsider.com": "Business Insider",
    "cnbc.com": "CNBC",
    "cnn.com": "CNN",
    "cna.com.tw": "中央社",
    "ctee.com.tw": "工商時報",
    "deepmind.google": "Google DeepMind",
    "developer.nvidia.com": "NVIDIA Developer",
    "digitimes.com": "DIGITIMES",
    "doi.org": "DOI",
    "economist.com": "The Economist",
    "engadget.com": "Engadget",
    "forbes.com": "Forbes",
    "ft.com": "Financial Times",
    "github.com": "GitHub",
    "github.blog": "GitHub",
    "gizmodo.com": "Gizmodo",
    "huggingface.co": "Hugging Face",
    "ithome.com": "IT之家",
    "ithome.com.tw": "iThome",
    "jiqizhixin.com": "機器之心",
    "kdnuggets.com": "KDnuggets",
    "knowtechie.com": "KnowTechie",
    "marktechpost.com": "MarkTechPost",
    "medium.com": "Medium",
    "microsoft.com": "Microsoft",
    "mistral.ai": "Mistral AI",
    "nature.com": "Nature",
    "news.ycombinator.com": "Hacker News",
    "nvidianews.nvidia.com": "NVIDIA",
    "blogs.nvidia.com": "NVIDIA",
    "nytimes.com": "The New York Times",
    "openai.com": "OpenAI",
    "openreview.net": "OpenReview",
    "qbitai.com": "量子位",
    "reddit.com": "Reddit",
    "reuters.com": "Reuters",
    "science.org": "Science",
    "scmp.com": "South China Morning Post",
    "semianalysis.com": "SemiAnalysis",
    "simonwillison.net": "Simon Willison",
    "spectrum.ieee.org": "IEEE Spectrum",
    "techcrunch.com": "TechCrunch",
    "technews.tw": "科技新報",
    "technologyreview.com": "MIT Technology Review",
    "theguardian.com": "The Guardian",
    "theinformation.com": "The Information",
    "theregister.com": "The Register",
    "theverge.com": "The Verge",
    "towardsdatascience.com": "Towards Data Science",
    "udn.com": "聯合新聞網",
    "venturebeat.com": "VentureBeat",
    "washingtonpost.com": "The Washington Post",
    "wired.com": "WIRED",
    "wsj.com": "The Wall Street Journal",
    "x.com": "X",
    "youtube.com": "YouTube",
    "zdnet.com": "ZDNET",
}


def publisher_domain(host: str) -> str | None:
    """Return the host without `www.` and similar prefixes; None for an empty host."""
    host = host.lower().rstrip(".")
    for prefix in _LAYOUT_PREFIXES:
        # `m.co` is a whole domain.
        if host.startswith(prefix) and host.count(".") > 1:
            host = host.removeprefix(prefix)
            break

    return host or None


def publisher_name(domain: str) -> str:
    """Return the name of the publisher at a domain; the domain itself if none is known."""
    return _NAMES.get(domain, domain)
